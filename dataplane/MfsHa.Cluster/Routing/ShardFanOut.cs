using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Routing;

/// <summary>Operations that concern all shards of a cluster with several: each shard does its part. What is not there yet is refused.</summary>
public sealed class ShardFanOut(IShardCalls calls, IShardMap map)
{
    /// <summary>True for operations that several shards cannot do yet; with one shard everything goes.</summary>
    public static bool IsRefused(Operation operation) =>
        operation is SetQuota or CreateStorageClass or ChangeStorageClass or DeleteStorageClass or DuplicateStorageClass or RenameStorageClass or AddPattern or DeletePattern;

    /// <summary>Executes an operation of no particular inode.</summary>
    public async ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation) => operation switch
    {
        SyncOpenFiles sync => Worst(await AllAsync(s => sync with { Inodes = Array.FindAll(sync.Inodes, i => map.ShardOf(i) == s) }, cancellation).ConfigureAwait(false)),
        ConfigureNamespace or NoteDelivery or ReleaseDeletions or CheckDeletions => Worst(await AllAsync(_ => operation, cancellation).ConfigureAwait(false)),
        ReleaseSession => MostWork(await AllAsync(_ => operation, cancellation).ConfigureAwait(false)),
        GetSummary => Sum(await AllAsync(_ => operation, cancellation).ConfigureAwait(false)),
        ListSessions list => Merge(await AllAsync(_ => operation, cancellation).ConfigureAwait(false), list),
        ListOpenFiles list => Merge(await AllAsync(_ => operation, cancellation).ConfigureAwait(false), list),
        ListStorageClasses or FindStorageClass or ListQuotas or ListPatterns => await calls.ExecuteAsync(0, operation, cancellation).ConfigureAwait(false),
        _ => StatusReply.Of(StatusCode.ENotSup),
    };

    private static Reply Worst(Reply[] replies) => Array.Find(replies, static r => r.Status != StatusCode.Ok) ?? replies[0];

    private static Reply MostWork(Reply[] replies) =>
        Array.Find(replies, static r => r is not CountReply) ?? new CountReply(replies.Max(static r => ((CountReply)r).Count));

    private static Reply Sum(Reply[] replies) =>
        Array.Find(replies, static r => r is not SummaryReply) ?? new SummaryReply(replies.Select(static r => ((SummaryReply)r).Counters).Aggregate(static (a, b) => new Counters
        {
            Inodes = a.Inodes + b.Inodes,
            Directories = a.Directories + b.Directories,
            Files = a.Files + b.Files,
            TrashFiles = a.TrashFiles + b.TrashFiles,
            TrashLength = a.TrashLength + b.TrashLength,
            SustainedFiles = a.SustainedFiles + b.SustainedFiles,
            SustainedLength = a.SustainedLength + b.SustainedLength,
            Chunks = a.Chunks + b.Chunks,
        }));

    private static Reply Merge(Reply[] replies, ListSessions list) =>
        Array.Find(replies, static r => r is not SessionsReply)
        ?? new SessionsReply([.. replies.SelectMany(static r => ((SessionsReply)r).Sessions).Distinct().Order().Take(Math.Clamp(list.Limit, 1, ListSessions.MaxPage))]);

    private static Reply Merge(Reply[] replies, ListOpenFiles list) =>
        Array.Find(replies, static r => r is not OpenFilesReply)
        ?? new OpenFilesReply([.. replies.SelectMany(static r => ((OpenFilesReply)r).Entries).OrderBy(static e => (e.Session, e.Inode)).Take(Math.Clamp(list.Limit, 1, ListOpenFiles.MaxPage))]);

    private Task<Reply[]> AllAsync(Func<int, Operation> part, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, map.ShardCount).Select(s => calls.ExecuteAsync((ushort)s, part(s), cancellation).AsTask()));
}

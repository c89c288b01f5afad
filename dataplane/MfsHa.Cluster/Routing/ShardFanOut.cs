using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Recovery;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Routing;

/// <summary>Operations that concern all shards of a cluster with several: each shard does its part. What is not there yet is refused.</summary>
public sealed class ShardFanOut(IShardCalls calls, IShardMap map)
{
    /// <summary>Executes an operation of no particular inode.</summary>
    public async ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation) => operation switch
    {
        SyncOpenFiles sync => Worst(await AllAsync(s => sync with { Inodes = Array.FindAll(sync.Inodes, i => map.ShardOf(i) == s) }, cancellation).ConfigureAwait(false)),
        ConfigureNamespace or NoteDelivery or ReleaseDeletions or CheckDeletions or StepOverLost => Worst(await AllAsync(_ => operation, cancellation).ConfigureAwait(false)),
        ReleaseSession => MostWork(await AllAsync(_ => operation, cancellation).ConfigureAwait(false)),
        GetSummary => Sum(await AllAsync(_ => operation, cancellation).ConfigureAwait(false)),
        ListSessions list => Merge(await AllAsync(_ => operation, cancellation).ConfigureAwait(false), list),
        ListOpenFiles list => Merge(await AllAsync(_ => operation, cancellation).ConfigureAwait(false), list),
        EverywhereCommand => await calls.ExecuteAsync(0, operation, cancellation).ConfigureAwait(false),
        ListDetached list => Merge<DetachedReply, ListedDetached>(
            await AllAsync(_ => list with { Limit = Math.Max(1, list.Limit / map.ShardCount) }, cancellation).ConfigureAwait(false),
            static page => new(page.Files, page.LastInode),
            static file => file.Inode,
            static page => new DetachedReply(page.Items, (uint)page.Last)),
        ListLocks => Merge<LocksReply, HeldLock>(
            await AllAsync(_ => operation, cancellation).ConfigureAwait(false),
            static page => new(page.Locks, page.LastInode),
            static held => held.Inode,
            static page => new LocksReply(page.Items, (uint)page.Last)),
        ListQuotas => Merge<QuotasReply, ListedQuota>(
            await AllAsync(_ => operation, cancellation).ConfigureAwait(false),
            static page => new(page.Quotas, page.LastInode),
            static quota => quota.Inode,
            static page => new QuotasReply(page.Items, (uint)page.Last)),
        ListChunks => Merge<ChunksReply, ChunkView>(
            await AllAsync(_ => operation, cancellation).ConfigureAwait(false),
            static page => new(page.Chunks, page.Next == 0 ? 0 : page.Next - 1),
            static chunk => chunk.Id,
            static page => new ChunksReply(page.Items, page.Last == 0 ? 0 : page.Last + 1)),
        ListStorageClasses or FindStorageClass => SumClasses(await AllAsync(_ => operation, cancellation).ConfigureAwait(false)),
        ListPatterns => await calls.ExecuteAsync(0, operation, cancellation).ConfigureAwait(false),
        _ => StatusReply.Of(StatusCode.ENotSup),
    };

    private static Reply Worst(Reply[] replies) => Array.Find(replies, static r => r.Status != StatusCode.Ok) ?? replies[0];

    private static Reply MostWork(Reply[] replies) =>
        Array.Find(replies, static r => r is not CountReply) ?? new CountReply(replies.Max(static r => ((CountReply)r).Count));

    // What classes there are is decided in the first shard; each counts its own objects.
    private static Reply SumClasses(Reply[] replies)
    {
        if (replies[0] is not StorageClassesReply first)
        {
            return replies[0];
        }

        var usages = replies.OfType<StorageClassesReply>().SelectMany(static r => r.Classes).ToLookup(static c => c.Class.Id, static c => c.Usage);
        return new StorageClassesReply(Array.ConvertAll(first.Classes, c => c with
        {
            Usage = new ClassUsage(usages[c.Class.Id].Sum(static u => u.Files), usages[c.Class.Id].Sum(static u => u.Directories)),
        }));
    }

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

    // Pages of all shards, ascending by key: what lies behind the end of any of them comes with the next pages.
    private static Reply Merge<TReply, T>(Reply[] replies, Func<TReply, ShardPage<T>> read, Func<T, ulong> key, Func<ShardPage<T>, Reply> write)
        where TReply : Reply
    {
        if (Array.Find(replies, static r => r is not TReply) is { } refusal)
        {
            return refusal;
        }

        var pages = Array.ConvertAll(replies, r => read((TReply)r));
        var last = pages.Where(static p => p.Last != 0).Select(static p => p.Last).DefaultIfEmpty(0UL).Min();
        return write(new ShardPage<T>([.. pages.SelectMany(static p => p.Items).Where(i => last == 0 || key(i) <= last).OrderBy(key)], last));
    }

    private static Reply Merge(Reply[] replies, ListSessions list) =>
        Array.Find(replies, static r => r is not SessionsReply)
        ?? new SessionsReply([.. replies.SelectMany(static r => ((SessionsReply)r).Sessions).Distinct().Order().Take(Math.Clamp(list.Limit, 1, ListSessions.MaxPage))]);

    private static Reply Merge(Reply[] replies, ListOpenFiles list) =>
        Array.Find(replies, static r => r is not OpenFilesReply)
        ?? new OpenFilesReply([.. replies.SelectMany(static r => ((OpenFilesReply)r).Entries).OrderBy(static e => (e.Session, e.Inode)).Take(Math.Clamp(list.Limit, 1, ListOpenFiles.MaxPage))]);

    private Task<Reply[]> AllAsync(Func<int, Operation> part, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, map.ShardCount).Select(s => calls.ExecuteAsync((ushort)s, part(s), cancellation).AsTask()));

    private sealed record ShardPage<T>(T[] Items, ulong Last);
}

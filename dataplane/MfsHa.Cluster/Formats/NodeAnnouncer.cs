using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Formats;

/// <summary>
/// Writes into the system group what its members are: their regions, the format levels that they read; and raises the cluster's level when all read a higher one. Works at the leader of the system group, again
/// and again: whoever begins may die, and a node that is started with another release or region is noticed.
/// </summary>
public sealed partial class NodeAnnouncer(Introductions introductions, NodeBook book, IMetadataCluster cluster, ILogger<NodeAnnouncer> logger)
{
    /// <summary>One pass over all members.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        var members = book.Records.Where(static r => r.State != NodeState.Removed).OrderBy(static r => r.Node).ToList();
        var answers = await Task.WhenAll(members.Select(m => introductions.AskAsync(new NodeId(m.Node), cancellation))).ConfigureAwait(false);
        var heard = members.Zip(answers).Where(static a => a.Second is { } answer && answer.Incarnation == a.First.Incarnation).Select(static a => (Record: a.First, Answer: a.Second!)).ToList();
        foreach (var (record, answer) in heard.Where(static h => h.Record.Region != h.Answer.Region && h.Answer.Region.Length <= NodeRecord.MaxTextLength))
        {
            if ((await cluster.ExecuteAsync(new AddNode(record with { Region = answer.Region }), cancellation).ConfigureAwait(false)).Status == Protocol.StatusCode.Ok)
            {
                Log.Region(logger, record.Node, answer.Region);
            }
        }

        var (level, written) = book.Formats;
        foreach (var announcement in FormatPlan.Announcements(members, written, [.. heard.Select(static h => Introductions.FormatsOf(new NodeId(h.Record.Node), h.Answer))]))
        {
            var reply = await cluster.ExecuteAsync(new AnnounceFormats(announcement), cancellation).ConfigureAwait(false);
            Log.Announced(logger, announcement.Node, announcement.Release, announcement.Oldest, announcement.Newest, reply.Status);
        }

        // By what is written, so by what the next pass sees of the announcements of this one.
        if (FormatPlan.Next(members, written, level) is { } next)
        {
            var reply = await cluster.ExecuteAsync(new RaiseFormatLevel(next), cancellation).ConfigureAwait(false);
            Log.Raised(logger, next, reply.Status);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "node {Node} is in region '{Region}' now")]
        public static partial void Region(ILogger logger, ushort node, string region);

        [LoggerMessage(2, LogLevel.Information, "node {Node}, release {Release}, reads format levels {Oldest} to {Newest}: {Status}")]
        public static partial void Announced(ILogger logger, ushort node, string release, byte oldest, byte newest, Protocol.StatusCode status);

        [LoggerMessage(3, LogLevel.Warning, "every node reads format level {Level}: the cluster writes it from now on, and releases that do not read it are not let in any more ({Status})")]
        public static partial void Raised(ILogger logger, byte level, Protocol.StatusCode status);
    }
}

using MemoryPack;
using MfsHa.Consensus;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Status;

/// <summary>
/// Compares the replicas of one group, from its leader, again and again (design.md 13.9). A replica that differs from a majority is told, and its node stops
/// (<see cref="ReplicaFault"/>): what it has is not what the log says, and nothing it answers can be trusted.
/// </summary>
public sealed partial class ReplicaComparison(IShardLog log, StatusService status, INodeRpc rpc, ILogger<ReplicaComparison> logger)
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);

    /// <summary>One comparison.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        var point = Guid.NewGuid();
        var answers = await status.CompareAsync(point, log.Group, log.Members.Select(static m => m.Node), cancellation).ConfigureAwait(false);
        var verdict = ComparisonVerdict.Of(answers);
        if (verdict.IsContradictory)
        {
            Log.Contradictory(logger, log.Group, string.Join(", ", answers.Where(static a => a.Value is not null).Select(static a => $"node {a.Key}: {a.Value!.Value.Checksum:X16}")));
        }

        foreach (var node in verdict.Differing)
        {
            Log.Differs(logger, log.Group, node, answers[node]!.Value.Checksum, verdict.Agreed!.Value.Checksum, verdict.Agreed.Value.Index);
            await TellAsync(node, new ReplicaFaultNotice(point, log.Group, verdict.Agreed.Value), cancellation).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(NodeId node, ReplicaFaultNotice notice, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(CallDeadline);
        try
        {
            await rpc.CallAsync(node, RpcMethod.ReplicaDiffers, MemoryPackSerializer.Serialize(notice), limited.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // It has stopped, or hears of it at the next comparison.
            Log.NotTold(logger, node, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "group {Group}: the replica of node {Node} differs: its checksum at index {Index} is {Found:X16}, a majority has {Expected:X16}; the node is told to stop")]
        public static partial void Differs(ILogger logger, ushort group, NodeId node, ulong found, ulong expected, long index);

        [LoggerMessage(2, LogLevel.Critical, "group {Group}: replicas differ, and no majority tells which one is right: {Checksums}")]
        public static partial void Contradictory(ILogger logger, ushort group, string checksums);

        [LoggerMessage(3, LogLevel.Warning, "node {Node} was not told that its replica differs: {Reason}")]
        public static partial void NotTold(ILogger logger, NodeId node, string reason);
    }
}

/// <summary>Tells a node that its replica of a group is not what a majority has.</summary>
/// <param name="Point">The consistency point at which they were compared.</param>
/// <param name="Group">The group.</param>
/// <param name="Agreed">What the majority has.</param>
[MemoryPackable]
public sealed partial record ReplicaFaultNotice(Guid Point, ushort Group, GroupChecksum Agreed);

using System.Collections.Concurrent;
using MemoryPack;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Consensus.Commands;
using MfsHa.Metadata.Operations;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>
/// Holds up the commands of all shards at once. At a moment at which every shard is held, and its leader is certainly the only one, a mark behind everything that was proposed
/// before cuts all logs consistently: what was answered before the moment was proposed before it, and is in the cut; what is proposed afterwards is not, in no shard.
/// A hold that nobody ends ends by itself.
/// </summary>
public sealed class ShardHolds
{
    /// <summary>Longest hold.</summary>
    public const int MaxMilliseconds = 45;

    private readonly GroupTable groups;
    private readonly INodeRpc rpc;
    private readonly Func<IReadOnlyCollection<ushort>, CancellationToken, Task<IReadOnlyDictionary<ushort, NodeId>>> leadersOf;
    private readonly ConcurrentDictionary<(Guid Point, ushort Group), CommandHold> holds = new();

    /// <summary>Creates it, and serves other nodes.</summary>
    public ShardHolds(GroupTable groups, INodeRpc rpc, Func<IReadOnlyCollection<ushort>, CancellationToken, Task<IReadOnlyDictionary<ushort, NodeId>>> leadersOf)
    {
        this.leadersOf = leadersOf;
        this.groups = groups;
        this.rpc = rpc;
        rpc.Handle(RpcMethod.HoldCommands, async (_, request, cancellation) =>
            MemoryPackSerializer.Serialize(await ServeAsync(Hosting.WireFormats.Read<HoldRequest>(request), cancellation).ConfigureAwait(false)));
    }

    /// <summary>
    /// Puts <see cref="MarkCut"/> into the logs of all groups at one moment. Not done when the groups could not be held together: then the marks mean nothing. Says in any
    /// case for how long commands were held, at the group where it was longest.
    /// </summary>
    public async Task<(bool Done, TimeSpan Pause)> MarkTogetherAsync(Guid point, IReadOnlyCollection<ushort> marked, CancellationToken cancellation)
    {
        var known = await leadersOf(marked, cancellation).ConfigureAwait(false);
        var leaders = marked.ToLookup(g => known[g]);
        if (leaders.Contains(NodeId.None) || !(await AskAllAsync(point, leaders, HoldStep.Prepare, cancellation).ConfigureAwait(false)).Done)
        {
            return (false, TimeSpan.Zero);
        }

        var begun = await AskAllAsync(point, leaders, HoldStep.Begin, cancellation).ConfigureAwait(false);

        // Also after a failure: who is held goes on at once.
        var ended = await AskAllAsync(point, leaders, HoldStep.End, cancellation).ConfigureAwait(false);
        return (begun.Done && ended.Done, TimeSpan.FromMicroseconds(ended.Microseconds));
    }

    private async Task<HoldAnswer> AskAllAsync(Guid point, ILookup<NodeId, ushort> leaders, HoldStep step, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(leaders.Select(l => AskAsync(l.Key, new HoldRequest(point, [.. l], step, MaxMilliseconds), cancellation))).ConfigureAwait(false);
        return new HoldAnswer(Array.TrueForAll(answers, static a => a.Done), answers.Max(static a => a.Microseconds));
    }

    private async Task<HoldAnswer> AskAsync(NodeId node, HoldRequest request, CancellationToken cancellation)
    {
        try
        {
            var reply = await rpc.CallAsync(node, RpcMethod.HoldCommands, MemoryPackSerializer.Serialize(request), cancellation).ConfigureAwait(false);
            return MemoryPackSerializer.Deserialize<HoldAnswer>(reply.Span) ?? throw new FormatException($"node {node} answered a hold with nothing");
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException)
        {
            return new HoldAnswer(false, 0);
        }
    }

    private async Task<HoldAnswer> ServeAsync(HoldRequest request, CancellationToken cancellation)
    {
        try
        {
            switch (request.Step)
            {
                case HoldStep.Prepare:
                    await ConfirmAsync(request, cancellation).ConfigureAwait(false);
                    return new HoldAnswer(true, 0);
                case HoldStep.Begin:
                    Begin(request);
                    return new HoldAnswer(true, 0);
                case HoldStep.End:
                    return await EndAsync(request, cancellation).ConfigureAwait(false);
                default:
                    throw new FormatException($"step {request.Step} of a hold");
            }
        }
        catch (Exception e) when (e is NotLeaderException or ProposalRejectedException)
        {
            return new HoldAnswer(false, 0);
        }
    }

    private void Begin(HoldRequest request)
    {
        var limit = TimeSpan.FromMilliseconds(Math.Clamp(request.LimitMilliseconds, 1, MaxMilliseconds));
        var mark = MemoryPackSerializer.Serialize<Operation>(new MarkCut(request.Point));
        foreach (var group in request.Groups)
        {
            var hold = groups.Get(group).Log.Hold(mark, limit);
            holds[(request.Point, group)] = hold;
            _ = ForgetAsync((request.Point, group), hold);
        }
    }

    // The mark is applied, or has failed: nobody asks for the hold any more after a while.
    private async Task ForgetAsync((Guid Point, ushort Group) key, CommandHold hold)
    {
        const int Patience = 10_000;
        try
        {
            await hold.Last.ConfigureAwait(false);
        }
        catch (Exception e) when (e is NotLeaderException or ProposalRejectedException or OperationCanceledException or ObjectDisposedException)
        {
            // Who makes the cut misses the mark, and tries again.
        }

        await Task.Delay(Patience).ConfigureAwait(false);
        holds.TryRemove(key, out _);
    }

    private async Task<HoldAnswer> EndAsync(HoldRequest request, CancellationToken cancellation)
    {
        // A hold that was let go by its limit, or in another term, proves nothing.
        var mine = request.Groups.Select(g => holds.TryRemove((request.Point, g), out var hold) ? (Group: g, Hold: hold) : (g, null)).ToArray();
        var certain = false;
        try
        {
            await ConfirmAsync(request, cancellation).ConfigureAwait(false);
            certain = Array.TrueForAll(mine, m => m.Hold is { } hold && groups.Get(m.Group).Log.Leadership is { IsReady: true } now && now.Term == hold.Term);
        }
        finally
        {
            foreach (var (_, hold) in mine)
            {
                certain &= hold?.Release() == true;
            }
        }

        return new HoldAnswer(certain, mine.Max(static m => m.Hold is { } hold ? (long)hold.Lasted.TotalMicroseconds : 0));
    }

    private Task ConfirmAsync(HoldRequest request, CancellationToken cancellation) =>
        Task.WhenAll(request.Groups.Select(g => groups.Get(g).Log.ReadBarrierAsync(cancellation).AsTask()));
}

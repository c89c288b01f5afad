using MemoryPack;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Recovery;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Recovery;

/// <summary>
/// Goes on with the nodes that are left when a majority is lost for good (<see cref="ForcePlan"/> says from which replicas). The order makes an interruption harmless, and a repetition goes on: first the
/// system group, where the lost nodes are removed in the first command, so that one that comes back hears it; then each shard, whose first command steps over what lost commands may have given
/// out. A group takes no other command before that one. Groups that still have a quorum go on as they are; if that is the system group, it takes the same command the usual way.
/// </summary>
public sealed partial class QuorumForcing
{
    private static readonly TimeSpan SurveyLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StepLimit = TimeSpan.FromMinutes(31);

    private readonly GroupTable groups;
    private readonly INodeRpc rpc;
    private readonly IPeerLiveness liveness;
    private readonly INodeDirectory nodes;
    private readonly NodeBook book;
    private readonly ClusterFormation formation;
    private readonly MembershipKeeper keeper;
    private readonly IMetadataCluster cluster;
    private readonly Func<ushort, NodeEndPoint?> selfIn;
    private readonly int groupCount;
    private readonly ILogger<QuorumForcing> logger;

    /// <summary>Creates it and registers what other nodes ask of this one.</summary>
    /// <param name="groups">The replicas of this node.</param>
    /// <param name="rpc">Calls of other nodes.</param>
    /// <param name="liveness">Who answers.</param>
    /// <param name="nodes">Who there is.</param>
    /// <param name="book">What the system group says of them.</param>
    /// <param name="formation">Who this node is.</param>
    /// <param name="keeper">Gives the lost nodes' places to others.</param>
    /// <param name="cluster">The system group.</param>
    /// <param name="selfIn">This node as a member of a group; null while it is starting, when it may not have opened all of its replicas yet.</param>
    /// <param name="groupCount">How many groups there are.</param>
    /// <param name="logger">For what is done.</param>
    public QuorumForcing(
        GroupTable groups,
        INodeRpc rpc,
        IPeerLiveness liveness,
        INodeDirectory nodes,
        NodeBook book,
        ClusterFormation formation,
        MembershipKeeper keeper,
        IMetadataCluster cluster,
        Func<ushort, NodeEndPoint?> selfIn,
        int groupCount,
        ILogger<QuorumForcing> logger)
    {
        this.keeper = keeper;
        this.cluster = cluster;
        this.selfIn = selfIn;
        this.groups = groups;
        this.rpc = rpc;
        this.liveness = liveness;
        this.nodes = nodes;
        this.book = book;
        this.formation = formation;
        this.groupCount = groupCount;
        this.logger = logger;
        rpc.Handle(RpcMethod.ForceQuorum, ServeAsync);
    }

    /// <summary>Makes the named nodes, this one among them, the members of all groups, and gives all others up. <see cref="MembershipException"/> when it is refused, or got stuck.</summary>
    public async Task<ForcePlan> RunAsync(IReadOnlyCollection<NodeId> named, CancellationToken cancellation)
    {
        if (!named.Contains(rpc.Self))
        {
            throw new MembershipException($"node {rpc.Self}, which was asked, is not named: ask one of those that stay (--host)");
        }

        var surveys = new List<ForceSurvey>();
        foreach (var node in named.Distinct().Order())
        {
            surveys.Add((await CallAsync(node, new ForceCall(null, []), SurveyLimit, cancellation).ConfigureAwait(false)).Survey);
        }

        var plan = ForcePlan.Make(surveys, groupCount, await OthersAsync([.. surveys.SelectMany(static s => s.Alive).Select(static n => new NodeId(n)).Except(named).Order()], cancellation).ConfigureAwait(false));
        Log.Begins(logger, string.Join(", ", named), string.Join(", ", plan.Lost));
        foreach (var step in plan.Steps)
        {
            KeptNode[] kept = [.. surveys.Select(s => s.In(step.Group)).OfType<KeptNode>()];
            if (step.HasQuorum)
            {
                await GiveUpOthersAsync(step, kept, cancellation).ConfigureAwait(false);
                continue;
            }

            var answer = await CallAsync(new NodeId(step.Node.Node), new ForceCall(step.Group, kept), StepLimit, cancellation).ConfigureAwait(false);
            if (answer.Refusal is { } refusal)
            {
                throw new MembershipException($"group {step.Group}: {refusal}. Call again: it goes on where it stopped");
            }
        }

        Log.Ends(logger, string.Join(", ", named));
        return plan;
    }

    // What those have that answer, and are not named. One that does not tell counts as one that may have everything.
    private async Task<IReadOnlyList<ForceSurvey>> OthersAsync(IReadOnlyList<NodeId> others, CancellationToken cancellation)
    {
        var surveys = new List<ForceSurvey>();
        foreach (var node in others)
        {
            try
            {
                surveys.Add((await CallAsync(node, new ForceCall(null, []), SurveyLimit, cancellation).ConfigureAwait(false)).Survey);
            }
            catch (MembershipException)
            {
                // The plan says that it answers pings.
            }
        }

        return surveys;
    }

    private async Task GiveUpOthersAsync(ForceStep step, KeptNode[] kept, CancellationToken cancellation)
    {
        if (step.Group == GroupNumbers.System && await cluster.ExecuteAsync(Forced(kept), cancellation).ConfigureAwait(false) is { Status: not StatusCode.Ok and var status })
        {
            throw new MembershipException($"group {step.Group}: the other nodes were not given up ({status})");
        }
    }

    private async Task<ForceAnswer> CallAsync(NodeId node, ForceCall call, TimeSpan limit, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(limit);
        try
        {
            var reply = await rpc.CallAsync(node, RpcMethod.ForceQuorum, MemoryPackSerializer.Serialize(call), limited.Token).ConfigureAwait(false);
            return MemoryPackSerializer.Deserialize<ForceAnswer>(reply.Span) ?? throw new FormatException("an empty answer");
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new MembershipException(
                call.Group is null ? $"node {node} does not answer: all named nodes have to. Leave it out only if it is lost for good" : $"node {node} has not finished group {call.Group}: {e.Message}. Call again");
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ServeAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var call = WireFormats.Read<ForceCall>(request);
        var refusal = call.Group is { } group ? await TakeOverAsync(groups.Get(group), call.Kept, cancellation).ConfigureAwait(false) : null;
        return MemoryPackSerializer.Serialize(new ForceAnswer(Survey(), refusal));
    }

    private async Task<string?> TakeOverAsync(IGroupEndpoint endpoint, KeptNode[] kept, CancellationToken cancellation)
    {
        var log = endpoint.Log;
        var members = kept.Select(static k => new NodeEndPoint(new NodeId(k.Node), k.Incarnation)).ToArray();
        if (log.Members.Count(members.Contains) is var here && here > log.Members.Count / 2 && here < log.Members.Count)
        {
            return $"it has a quorum: {here} of its {log.Members.Count} members are kept";
        }

        try
        {
            // All its members are kept: an earlier attempt got so far, and this one does the rest.
            if (here < log.Members.Count || log.IsForcing)
            {
                var reply = await log.ForceAloneAsync(First(log.Group, kept), cancellation).ConfigureAwait(false);
                if (StatusOf(reply) is not StatusCode.Ok and var status)
                {
                    return $"the first command was refused ({status})";
                }
            }

            if (log.Group != GroupNumbers.System)
            {
                // Others as its placement says, which has no lost nodes any more.
                await keeper.PlaceAsync(cancellation).ConfigureAwait(false);
                await endpoint.ArrangeMembersAsync(cancellation).ConfigureAwait(false);
                return null;
            }

            foreach (var member in members.Where(m => !log.Members.Contains(m)))
            {
                if (!await log.AddMemberAsync(member, cancellation).ConfigureAwait(false))
                {
                    return $"node {member.Node} did not catch up in time";
                }
            }

            return null;
        }
        catch (Exception e) when (e is NotLeaderException or ProposalRejectedException or TimeoutException or MembershipException)
        {
            return e.Message;
        }
    }

    private static ReadOnlyMemory<byte> First(ushort group, KeptNode[] kept) => group == GroupNumbers.System
        ? MemoryPackSerializer.Serialize<SystemOperation>(Forced(kept))
        : MemoryPackSerializer.Serialize<Operation>(new StepOverLost());

    private static ForceNodes Forced(KeptNode[] kept) => new([.. kept.Select(static k => k.Node)], [.. kept.Select(static k => k.Incarnation)]);

    private static StatusCode StatusOf(object reply) => reply switch
    {
        SystemReply system => system.Status,
        Reply shard => shard.Status,
        _ => StatusCode.Ok,
    };

    private ForceSurvey Survey() => new(
        new KeptNode(rpc.Self.Value, formation.Identity.Incarnation),
        formation.Identity.Cluster,
        [.. nodes.Nodes.Select(static n => n.Id).Where(n => n != rpc.Self && liveness.IsAlive(n)).Select(static n => n.Value)],
        [.. book.Records.Where(static r => r.State != NodeState.Removed).Select(static r => r.Node)],
        [.. groups.All.OrderBy(static g => g.Key).Select(g => (g.Value.Log, Self: selfIn(g.Key))).Where(static g => g.Self is not null).Select(static g => Survey(g.Log, g.Self!))]);

    private static SurveyedReplica Survey(IShardLog log, NodeEndPoint self) => new(
        log.Group, log.End.Term, log.End.Index, log.Extent.Committed, log.Leadership.IsReady, log.IsForcing, [.. log.Members.Select(static m => new KeptNode(m.Node.Value, m.Incarnation))], self.Incarnation);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "a quorum is forced: nodes {Kept} stay, nodes {Lost} are given up for good. What only those had acknowledged is lost")]
        public static partial void Begins(ILogger logger, string kept, string lost);

        [LoggerMessage(2, LogLevel.Critical, "nodes {Kept} are the members of all groups now. Deletions of chunks are held until mfsha-admin release-deletions")]
        public static partial void Ends(ILogger logger, string kept);
    }
}

using System.Collections.Concurrent;
using MemoryPack;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// Says when a replica that this node is not to have any more may be dropped: when the shard's leader is certain that it is no member, and no invitation has come since it was asked. What it has
/// acknowledged is then on a majority of the others: the entry that removed it is, and stands behind all that it ever voted for.
/// </summary>
internal sealed class ReplicaRemoval
{
    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(2);
    private readonly GroupTable groups;
    private readonly INodeRpc rpc;
    private readonly IPeerLiveness liveness;
    private readonly NodeBook book;
    private readonly Func<ushort, NodeEndPoint> selfIn;
    private readonly ConcurrentDictionary<ushort, long> invitations = new();

    /// <summary>Creates it, and answers other nodes' questions.</summary>
    public ReplicaRemoval(GroupTable groups, INodeRpc rpc, IPeerLiveness liveness, NodeBook book, Func<ushort, NodeEndPoint> selfIn)
    {
        this.groups = groups;
        this.rpc = rpc;
        this.liveness = liveness;
        this.book = book;
        this.selfIn = selfIn;
        rpc.Handle(RpcMethod.AskMember, ServeAsync);
    }

    /// <summary>Replicas that this node has, and is not to have as far as it knows.</summary>
    public IReadOnlyList<ushort> Unwanted => [.. groups.All.Select(static g => g.Key).Where(IsUnwanted).Order()];

    /// <summary>How many invitations have come for a group.</summary>
    public long InvitationsTo(ushort group) => invitations.GetValueOrDefault(group);

    /// <summary>An invitation has come.</summary>
    public void NoteInvitation(ushort group) => invitations.AddOrUpdate(group, 1, static (_, count) => count + 1);

    /// <summary>True when a replica is not to be here as far as this node knows.</summary>
    public bool IsUnwanted(ushort group) => book.NodesOf(group) is { Count: > 0 } wanted && !wanted.Contains(rpc.Self.Value);

    /// <summary>Asks the shard's leader, wherever that is, whether this node's replica is certainly no member.</summary>
    public async Task<bool> IsCertainlyNoneAsync(ushort group, CancellationToken cancellation)
    {
        var question = MemoryPackSerializer.Serialize(new MemberQuestion(group, rpc.Self.Value, selfIn(group).Incarnation));
        foreach (var node in book.NodesOf(group).Select(static n => new NodeId(n)).Where(liveness.IsAlive))
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(QuestionLimit);
            try
            {
                var reply = await rpc.CallAsync(node, RpcMethod.AskMember, question, limited.Token).ConfigureAwait(false);
                if (MemoryPackSerializer.Deserialize<MemberAnswer>(reply.Span) is { IsNone: true })
                {
                    return true;
                }
            }
            catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // The next one may lead; or the next pass finds who does.
            }
        }

        return false;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ServeAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var question = WireFormats.Read<MemberQuestion>(request);
        var isNone = false;
        try
        {
            isNone = groups.Find(question.Group) is { } endpoint
                && await endpoint.IsNoMemberAsync(new NodeEndPoint(new NodeId(question.Node), question.Incarnation), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NotLeaderException or ProposalRejectedException)
        {
            // Another one leads, or the members are just being changed.
        }

        return MemoryPackSerializer.Serialize(new MemberAnswer(isNone));
    }
}

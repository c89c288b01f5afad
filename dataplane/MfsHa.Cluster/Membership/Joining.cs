using MemoryPack;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Membership;

/// <summary>A node that was started to join asks any other to be added, again and again, also after a restart, until it is a member.</summary>
public sealed partial class Joining(INodeRpc rpc, INodeDirectory nodes, IPeerLiveness liveness, NodeBook book, uint incarnation, NodeAddress own, ILogger<Joining> logger)
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromMinutes(10);
    private bool isSaid;

    /// <summary>True when there is nothing left to ask for.</summary>
    public bool IsDone => book.Find(own.Id) is { State: not NodeState.Joining } known && known.Incarnation == incarnation;

    /// <summary>One attempt.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        if (IsDone)
        {
            return;
        }

        foreach (var node in nodes.Nodes.Select(static n => n.Id).Where(n => n != own.Id && liveness.IsAlive(n)).Order())
        {
            if (!isSaid)
            {
                Log.Asking(logger, own.Id, $"{own.Host}:{own.Port}", node);
                isSaid = true;
            }

            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(CallDeadline);
            try
            {
                var reply = await rpc.CallAsync(node, RpcMethod.Join, MemoryPackSerializer.Serialize(new JoinCall(own.Id.Value, own.Host, own.Port)), deadline.Token).ConfigureAwait(false);
                if (MemoryPackSerializer.Deserialize<JoinAnswer>(reply.Span)?.Refusal is { } refusal)
                {
                    Log.Refused(logger, own.Id, node, refusal);
                }
                else
                {
                    Log.Joined(logger, own.Id);
                }

                return;
            }
            catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                Log.NotAnswered(logger, node, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "node {Node} at {Address} asks node {Other} to be added to the cluster")]
        public static partial void Asking(ILogger logger, NodeId node, string address, NodeId other);

        [LoggerMessage(2, LogLevel.Warning, "node {Node} was not added by node {Other}: {Reason}")]
        public static partial void Refused(ILogger logger, NodeId node, NodeId other, string reason);

        [LoggerMessage(3, LogLevel.Information, "Node joined cluster: this node, {Node}, is a member of its groups and has caught up")]
        public static partial void Joined(ILogger logger, NodeId node);

        [LoggerMessage(4, LogLevel.Information, "node {Other} has not answered the question to be added: {Reason}")]
        public static partial void NotAnswered(ILogger logger, NodeId other, string reason);
    }
}

using System.Text;
using MemoryPack;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// How a node learns that it was removed: nobody in a former group talks to it, so it asks. As long as it is a member of the system group, which it leaves last, it goes on: it may lead others, and only
/// their leader can take it out. When it has left, it notes that in its data directory and stops, and does not start again on it.
/// </summary>
public sealed class Retirement
{
    /// <summary>Name of the note.</summary>
    public const string FileName = "removed-from-cluster";

    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private readonly string path;
    private readonly INodeRpc rpc;
    private readonly INodeDirectory nodes;
    private readonly IPeerLiveness liveness;
    private readonly ClusterFormation formation;
    private readonly NodeBook book;
    private readonly GroupTable groups;
    private readonly TaskCompletionSource<Exception> retired = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Registers the handler.</summary>
    public Retirement(string directory, INodeRpc rpc, INodeDirectory nodes, IPeerLiveness liveness, ClusterFormation formation, NodeBook book, GroupTable groups)
    {
        path = Path.Combine(directory, FileName);
        this.rpc = rpc;
        this.nodes = nodes;
        this.liveness = liveness;
        this.formation = formation;
        this.book = book;
        this.groups = groups;
        rpc.Handle(RpcMethod.Retirement, (_, request, _) =>
        {
            var call = WireFormats.Read<RetirementCall>(request);
            return ValueTask.FromResult<ReadOnlyMemory<byte>>(MemoryPackSerializer.Serialize(new RetirementAnswer(IsRetired(call))));
        });
    }

    /// <summary>Completes with the reason when this node was removed; the process has to end.</summary>
    public Task<Exception> Found => retired.Task;

    /// <summary><see cref="InvalidDataException"/> when the directory was removed from its cluster.</summary>
    public static void ThrowIfNoted(string directory)
    {
        var note = Path.Combine(directory, FileName);
        if (File.Exists(note))
        {
            throw new InvalidDataException($"{note}: {File.ReadAllText(note).Trim()}");
        }
    }

    /// <summary>Asks the others; called while this node hears no leader.</summary>
    public async Task AskAsync(CancellationToken cancellation)
    {
        var self = formation.Identity;
        var request = MemoryPackSerializer.Serialize(new RetirementCall(self.Node.Value, self.Incarnation, self.Cluster));
        foreach (var node in nodes.Nodes.Select(static n => n.Id).Where(n => n != self.Node && liveness.IsAlive(n)))
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(CallDeadline);
            try
            {
                var reply = await rpc.CallAsync(node, RpcMethod.Retirement, request, deadline.Token).ConfigureAwait(false);
                if (MemoryPackSerializer.Deserialize<RetirementAnswer>(reply.Span) is { IsRetired: true })
                {
                    await RetireAsync(self, cancellation).ConfigureAwait(false);
                    return;
                }
            }
            catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // Another one may know.
            }
        }
    }

    // What a replica says of a removal is committed, however old the replica is. Of the members it may know too many: then another one answers, or this one the next time.
    private bool IsRetired(RetirementCall call) =>
        call.Cluster == formation.Identity.Cluster
        && book.Find(new NodeId(call.Node)) is { } record
        && (record.Retired.Contains(call.Incarnation) || (record.State == NodeState.Removed && record.Incarnation == call.Incarnation))
        && !groups.Of(new NodeId(call.Node), call.Incarnation).Contains(GroupNumbers.System);

    private async Task RetireAsync(NodeIdentity self, CancellationToken cancellation)
    {
        var text = $"node {self.Node} was removed from cluster {self.Cluster}. This data directory never comes back: to let the node in again, empty it and join (mfsha --join-cluster)";
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"), cancellation).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }

        retired.TrySetResult(new InvalidDataException(text));
    }
}

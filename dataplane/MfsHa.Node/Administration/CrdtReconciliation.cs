using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using MfsHa.NodeLink;

namespace MfsHa.Node.Administration;

/// <summary>
/// Looks twice how far nodes have got with the CRDT state: what any had at the first look and one has not at the second is missing there, and not just on its way. On demand they then ask each other for it.
/// </summary>
internal sealed class CrdtReconciliation(PeerOperations peers, TimeProvider time)
{
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PullLimit = TimeSpan.FromMinutes(10);

    // Longer than a delta takes round the ring, also on a busy machine, and shorter than a person notices.
    private static readonly TimeSpan Travel = TimeSpan.FromMilliseconds(500);

    public async Task<ReconcileReply> RunAsync(IReadOnlyList<NodeId> nodes, bool isForced, CancellationToken cancellation)
    {
        Dictionary<NodeId, Look> first = await LookAsync(nodes, cancellation).ConfigureAwait(false);
        await Task.Delay(Travel, time, cancellation).ConfigureAwait(false);
        Dictionary<NodeId, Look> second = await LookAsync(nodes, cancellation).ConfigureAwait(false);
        CrdtPosition known = Union(first);
        var reply = new ReconcileReply();
        reply.Nodes.AddRange(nodes.Select(n => new ReconciledNode { Node = n.Value, Error = second[n].Error, Missing = { MissingOf(known, second[n]) } }));
        if (isForced)
        {
            await ForceAsync(reply, Union(second), cancellation).ConfigureAwait(false);
        }

        return reply;
    }

    private async Task ForceAsync(ReconcileReply reply, CrdtPosition known, CancellationToken cancellation)
    {
        ReconciledNode[] answering = [.. reply.Nodes.Where(static n => n.Error.Length == 0)];
        await Task.WhenAll(answering.Select(async node =>
        {
            try
            {
                PullCrdtReply pulled = await peers.CallAsync(Id(node), PeerOperation.PullCrdt, new PullCrdtRequest(), PullCrdtReply.Parser, PullLimit, cancellation).ConfigureAwait(false);
                node.Asked.AddRange(pulled.Asked);
            }
            catch (AdminException e)
            {
                node.Error = e.Message;
            }
        })).ConfigureAwait(false);
        Dictionary<NodeId, Look> after = await LookAsync([.. answering.Select(Id)], cancellation).ConfigureAwait(false);
        foreach (ReconciledNode node in answering)
        {
            node.Left.AddRange(MissingOf(known, after[Id(node)]));
            node.Error = node.Error.Length > 0 ? node.Error : after[Id(node)].Error;
        }
    }

    private static NodeId Id(ReconciledNode node) => new((ushort)node.Node);

    private static CrdtPosition Union(Dictionary<NodeId, Look> looks) => CrdtComparison.Union(looks.Values.Select(static l => l.Position).OfType<CrdtPosition>());

    private static IEnumerable<MissingState> MissingOf(CrdtPosition known, Look look) => look.Position is { } position ? CrdtComparison.Missing(known, position) : [];

    private async Task<Dictionary<NodeId, Look>> LookAsync(IReadOnlyCollection<NodeId> nodes, CancellationToken cancellation) =>
        (await Task.WhenAll(nodes.Select(async n => (Node: n, Look: await LookAsync(n, cancellation).ConfigureAwait(false)))).ConfigureAwait(false)).ToDictionary(static n => n.Node, static n => n.Look);

    private async Task<Look> LookAsync(NodeId node, CancellationToken cancellation)
    {
        try
        {
            return new Look(await peers.CallAsync(node, PeerOperation.CrdtPosition, new ReconcileRequest(), CrdtPosition.Parser, LookLimit, cancellation).ConfigureAwait(false), "");
        }
        catch (AdminException e)
        {
            return new Look(null, e.Message);
        }
    }

    private sealed record Look(CrdtPosition? Position, string Error);
}

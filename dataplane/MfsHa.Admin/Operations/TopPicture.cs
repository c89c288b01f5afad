using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;
using Spectre.Console;

namespace MfsHa.Admin.Operations;

/// <summary>One picture of <c>top</c>.</summary>
internal static class TopPicture
{
    private static readonly string[] _columns = ["node", "state", "up", "leads", "reads/s", "writes/s", "in", "out", "memory", "HOT hits", "ping"];

    public static Table Of(ClusterHealth health, IReadOnlyList<NodeDetails> before, IReadOnlyList<NodeDetails> now)
    {
        CrdtStats all = CrdtStats.Of(before, now);
        string title = $"Cluster Status: {StatusText.WordOf(health.Verdict)}   Nodes: {health.NodesOnline}/{health.Nodes}   Leaders: {health.ShardsAvailable}/{health.Shards}   "
            + $"Replication: {health.SynchronizedPercent}%   Operations: {Show.Number(all.ReadsPerSecond + all.WritesPerSecond)}/s";
        Table table = new Table { Title = new TableTitle(title), Border = TableBorder.Ascii2 }.AddColumns(_columns);
        foreach (NodeDetails node in now)
        {
            string[] cells = node.Online ? Row(node, before.FirstOrDefault(b => b.Node == node.Node)) : [$"{node.Node}", "OFFLINE", .. Enumerable.Repeat("", _columns.Length - 2)];

            // As plain text: what comes from the network is no markup.
            table.AddRow(cells.Select(static c => new Text(c)));
        }

        return table;
    }

    private static string[] Row(NodeDetails node, NodeDetails? before)
    {
        double seconds = Rates.Seconds(before, node);
        NodeDetails[] was = before is null ? [] : [before];
        CrdtStats own = CrdtStats.Of(was, [node]);
        ulong[] roundTrips = [.. node.Peers.Where(static p => p.Reachable && p.RoundTripMicroseconds > 0).Select(static p => p.RoundTripMicroseconds)];
        return
        [
            $"{node.Node}", node.Ready ? "ready" : "NOT READY", Show.Duration(node.UptimeMilliseconds), Led(node), Show.Number(own.ReadsPerSecond), Show.Number(own.WritesPerSecond),
            Rate(before?.Network?.ReceivedBytes, node.Network.ReceivedBytes, seconds), Rate(before?.Network?.SentBytes, node.Network.SentBytes, seconds),
            $"{Show.Bytes(node.Memory.UsedBytes)} ({Show.Percent(node.Memory.UsedBytes, node.Memory.TotalBytes)})",
            node.Memory.HotLookups == 0 ? "" : Show.Percent(node.Memory.HotHits, node.Memory.HotLookups),
            roundTrips.Length == 0 ? "" : Show.Milliseconds(roundTrips.Average(static r => (double)r)),
        ];
    }

    private static string Led(NodeDetails node)
    {
        uint[] groups = [.. node.Replicas.Where(static r => r.Leads).Select(static r => r.Group)];
        return groups.Length == 0 ? "nothing" : GroupNames.Of(groups);
    }

    private static string Rate(ulong? before, ulong now, double seconds) => Rates.PerSecond(before, now, seconds) is { } rate ? Show.Bytes(rate) + "/s" : "";
}

using System.Globalization;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Output;

/// <summary>The JSON of <c>status</c>.</summary>
internal sealed record StatusDocument(
    string Status,
    string ClusterId,
    uint AnsweredBy,
    StatusDocument.Count NodesOnline,
    StatusDocument.Count ShardsAvailable,
    StatusDocument.Count LeadersElected,
    bool SystemGroupLed,
    int SynchronizedPercent,
    IReadOnlyList<StatusDocument.Node> Nodes,
    IReadOnlyList<StatusDocument.Group> Groups,
    IReadOnlyList<StatusDocument.ChunkServer> ChunkServers,
    uint Sessions,
    uint FormatLevel)
{
    public static StatusDocument Of(ClusterStatus status, ClusterHealth health) => new(
        StatusText.WordOf(health.Verdict),
        status.ClusterId.ToString("x16", CultureInfo.InvariantCulture),
        status.AnsweredBy,
        new Count(health.NodesOnline, health.Nodes),
        new Count(health.ShardsAvailable, health.Shards),
        new Count(health.ShardsAvailable, health.Shards),
        health.IsSystemGroupLed,
        health.SynchronizedPercent,
        [.. status.Nodes.Select(n => new Node(n.Id, n.Host, n.Port, n.Online, n.Ready, n.Region, n.Version, n.UptimeSeconds, n.Clients, n.ChunkServers, n.Metaloggers, n.OldestFormat, n.NewestFormat))],
        [.. status.Groups.Select(g => new Group(
            g.Group, g.Leader, g.Term, g.Committed, g.Replicas.Count == 0 ? 0 : g.Replicas.Max(r => r.Applied),
            [.. g.Replicas.Select(r => new Replica(
                r.Node, r.Applied, r.Durable, r.Voter, r.Online, ClusterHealth.LagOf(g, r), ClusterHealth.IsSynchronized(g, r)))]))],
        [.. status.ChunkServers.Select(c => new ChunkServer(c.Id, c.Address, c.Port, c.Node, c.TotalBytes, c.UsedBytes, c.Chunks, c.Version))],
        status.Sessions,
        status.FormatLevel);

    internal sealed record Count(int Have, int Want);

    internal sealed record Node(
        uint Id, string Host, uint Port, bool Online, bool Ready, string Region, string Version, ulong UptimeSeconds, uint Clients, uint ChunkServers, uint Metaloggers,
        uint OldestFormat, uint NewestFormat);

    internal sealed record Group(uint Id, uint Leader, ulong Term, ulong Committed, ulong Applied, IReadOnlyList<Replica> Replicas)
    {
        [System.Text.Json.Serialization.JsonPropertyName("group")]
        public uint Id { get; init; } = Id;
    }

    internal sealed record Replica(uint Node, ulong Applied, ulong Durable, bool Voter, bool Online, ulong Lag, bool Synchronized);

    internal sealed record ChunkServer(uint Id, string Address, uint Port, uint Node, ulong TotalBytes, ulong UsedBytes, ulong Chunks, string Version);
}

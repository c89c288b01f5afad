using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;

namespace MfsHa.Admin.Operations;

/// <summary>The JSON of <c>node-status</c>.</summary>
internal sealed record NodeStatusDocument(
    uint Node, bool Online, bool Ready, string Host, string Version, ulong UptimeSeconds, IReadOnlyList<uint> LedShards, bool LeadsSystemGroup, IReadOnlyList<uint> Shards,
    ulong MemoryUsedBytes, ulong MemoryTotalBytes, double? ReceivedBytesPerSecond, double? SentBytesPerSecond, IReadOnlyList<NodeStatusDocument.Clock> CrdtClock, string Region, string FormatsRead,
    uint FormatLevel)
{
    /// <summary>Makes it of two answers of the node, and of what the cluster has of it; rates are missing without the first.</summary>
    public static NodeStatusDocument Of(NodeDetails now, NodeDetails? before, ClusterStatus cluster)
    {
        NodeStatus? known = cluster.Nodes.FirstOrDefault(n => n.Id == now.Node);
        double seconds = Rates.Seconds(before, now);
        return new NodeStatusDocument(
            now.Node, now.Online, now.Ready, now.Host, now.Version, now.UptimeMilliseconds / 1000,
            [.. now.Replicas.Where(static r => r.Leads && GroupNames.IsShard(r.Group)).Select(static r => GroupNames.ShardOf(r.Group))],
            now.Replicas.Any(static r => r.Leads && !GroupNames.IsShard(r.Group)),
            [.. now.Replicas.Where(static r => GroupNames.IsShard(r.Group)).Select(static r => GroupNames.ShardOf(r.Group))],
            now.Memory?.UsedBytes ?? 0, now.Memory?.TotalBytes ?? 0,
            Rates.PerSecond(before?.Network?.ReceivedBytes, now.Network?.ReceivedBytes, seconds),
            Rates.PerSecond(before?.Network?.SentBytes, now.Network?.SentBytes, seconds),
            [.. (now.Crdt?.Clock ?? []).Select(static c => new Clock(c.Owner, c.Epoch, c.Seen))],
            known?.Region ?? "", known is null ? "" : StatusText.Formats(known), cluster.FormatLevel);
    }

    /// <summary>The lines that people and scripts look for.</summary>
    public IEnumerable<string> ToText()
    {
        if (!Online)
        {
            yield return $"Node {Node}: OFFLINE";
            yield break;
        }

        bool isLeader = LedShards.Count > 0 || LeadsSystemGroup;
        string system = LeadsSystemGroup ? ", system group" : "";
        yield return isLeader ? $"Node {Node}: LEADER (shards: {Show.Ranges(LedShards)}{system})" : $"Node {Node}: FOLLOWER (shards: {Show.Ranges(Shards)})";
        yield return $"State: {(Ready ? "ready" : "NOT READY")}, up {Show.Duration(UptimeSeconds * 1000)}, version {Version.Split('+')[0]}, {Host}{(Region.Length > 0 ? $", region {Region}" : "")}";
        yield return $"Memory: {Show.Bytes(MemoryUsedBytes)} / {Show.Bytes(MemoryTotalBytes)} ({Show.Percent(MemoryUsedBytes, MemoryTotalBytes)})";
        if (ReceivedBytesPerSecond is { } received && SentBytesPerSecond is { } sent)
        {
            yield return $"Network: {Show.Bytes(received)}/s in, {Show.Bytes(sent)}/s out";
        }

        yield return $"CRDT Clock: ({string.Join(", ", CrdtClock.Select(static c => $"chunkserver {c.ChunkServer}: {c.Seen}"))})";
        if (FormatsRead.Length > 0)
        {
            yield return $"Formats: reads {FormatsRead}, the cluster writes {FormatLevel}";
        }
    }

    /// <summary>How far one connection of a chunkserver is known.</summary>
    internal sealed record Clock(uint ChunkServer, ulong Epoch, ulong Seen);
}

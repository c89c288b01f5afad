using MfsHa.NodeLink;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks;

/// <summary>
/// Where copies of chunks are, as the leader sees it: the merged view of all nodes, and above it what orders of this leader have done a moment ago,
/// until the view has caught up. Thread-safe.
/// </summary>
public sealed class CopyMap(IChunkLocationView view, IPeerLiveness liveness, TimeProvider clock)
{
    private const int MaxCopies = 64;
    private const int MaxRecent = 65_536;
    private static readonly TimeSpan KeepRecent = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, RecentOrder> recent = [];
    private readonly Queue<(ulong Chunk, long At)> order = new();

    /// <summary>Chunkservers that orders can reach: connected, and so is their node.</summary>
    public IReadOnlyList<ChunkServerStatus> Reachable => [.. view.Servers.Where(IsReachable)];

    /// <summary>All chunkservers that are not superseded.</summary>
    public IReadOnlyList<ChunkServerStatus> All => view.Servers;

    /// <summary>True when an order can reach the chunkserver now.</summary>
    public bool IsReachable(ChunkServerStatus server) => server.IsConnected && liveness.IsAlive(server.Gateway);

    /// <summary>All full copies that are not damaged, of any version.</summary>
    public List<KnownCopy> Find(ulong chunk)
    {
        Span<ChunkLocation> found = new ChunkLocation[MaxCopies];
        found = found[..Math.Min(view.Find(chunk, found), MaxCopies)];
        var copies = new List<KnownCopy>(found.Length);
        foreach (var location in found)
        {
            if (location.Part == 0 && (location.Flags & ChunkFlags.Damaged) == 0)
            {
                copies.Add(new KnownCopy(location.Server, location.Version));
            }
        }

        lock (gate)
        {
            if (recent.TryGetValue(chunk, out var done))
            {
                Overlay(copies, done);
            }
        }

        return copies;
    }

    /// <summary>The copies that have a version.</summary>
    public List<KnownCopy> Find(ulong chunk, uint version)
    {
        var copies = Find(chunk);
        copies.RemoveAll(c => c.Version != version);
        return copies;
    }

    /// <summary>An order was executed: these chunkservers have the chunk with this version now.</summary>
    public void Executed(ulong chunk, uint version, IReadOnlyList<ChunkServerStatus> servers)
    {
        lock (gate)
        {
            recent[chunk] = new RecentOrder(version, [.. servers]);
            order.Enqueue((chunk, clock.GetTimestamp()));
            while (order.TryPeek(out var oldest) && (order.Count > MaxRecent || clock.GetElapsedTime(oldest.At) > KeepRecent))
            {
                order.Dequeue();
                recent.Remove(oldest.Chunk);
            }
        }
    }

    private void Overlay(List<KnownCopy> copies, RecentOrder done)
    {
        foreach (var server in done.Servers)
        {
            var at = copies.FindIndex(c => c.Server.Incarnation == server.Incarnation);
            if (at < 0)
            {
                // A chunkserver that has connected anew since then says for itself what it has; under both connections it would be given every order twice.
                if (view.FindServer(server.Incarnation) is { } current)
                {
                    copies.Add(new KnownCopy(current, done.Version));
                }
            }
            else if (copies[at].Version < done.Version)
            {
                copies[at] = copies[at] with { Version = done.Version };
            }
        }
    }

    private sealed record RecentOrder(uint Version, ChunkServerStatus[] Servers);
}

/// <summary>One full copy of a chunk.</summary>
/// <param name="Server">Where it is.</param>
/// <param name="Version">Its version.</param>
public readonly record struct KnownCopy(ChunkServerStatus Server, uint Version);

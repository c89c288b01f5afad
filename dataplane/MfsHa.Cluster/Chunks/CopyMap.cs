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
        var copies = FindAll(chunk, out _);
        copies.RemoveAll(static c => c.IsDamaged);
        return copies;
    }

    /// <summary>The copies that have a version.</summary>
    public List<KnownCopy> Find(ulong chunk, uint version)
    {
        var copies = Find(chunk);
        copies.RemoveAll(c => c.Version != version);
        return copies;
    }

    /// <summary>All full copies that are not damaged and not condemned.</summary>
    public List<KnownCopy> Find(ulong chunk, Metadata.State.Chunk record)
    {
        var copies = Find(chunk);
        copies.RemoveAll(c => record.IsCondemnedAt(c.Server.Incarnation.ChunkServerId));
        return copies;
    }

    /// <summary>All full copies, damaged ones included.</summary>
    /// <param name="chunk">Chunk id.</param>
    /// <param name="hasParts">True when there are parts of it, too (erasure coding).</param>
    public List<KnownCopy> FindAll(ulong chunk, out bool hasParts)
    {
        hasParts = false;
        var found = System.Buffers.ArrayPool<ChunkLocation>.Shared.Rent(MaxCopies);
        var count = Math.Min(view.Find(chunk, found), found.Length);
        var copies = new List<KnownCopy>(count);
        foreach (ref readonly var location in found.AsSpan(0, count))
        {
            if (location.Part == 0)
            {
                copies.Add(new KnownCopy(location.Server, location.Version, location.Flags));
            }
            else
            {
                hasParts = true;
            }
        }

        System.Buffers.ArrayPool<ChunkLocation>.Shared.Return(found, clearArray: true);
        lock (gate)
        {
            if (recent.TryGetValue(chunk, out var done) && clock.GetElapsedTime(done.At) <= KeepRecent)
            {
                Overlay(copies, done);
            }
        }

        return copies;
    }

    /// <summary>An order was executed: these chunkservers have the chunk with this version now.</summary>
    public void Executed(ulong chunk, uint version, IReadOnlyList<ChunkServerStatus> servers)
    {
        lock (gate)
        {
            IEnumerable<ChunkServerStatus> all = servers;
            if (recent.TryGetValue(chunk, out var former) && clock.GetElapsedTime(former.At) <= KeepRecent)
            {
                if (former.Version > version)
                {
                    // An order that was overtaken by another one tells nothing of the copies that count now.
                    return;
                }

                if (former.Version == version)
                {
                    all = former.Servers.Concat(servers).DistinctBy(static s => s.Incarnation);
                }
            }

            var now = clock.GetTimestamp();
            recent[chunk] = new RecentOrder(version, [.. all], now);
            order.Enqueue((chunk, now));
            while (order.TryPeek(out var oldest) && (order.Count > MaxRecent || clock.GetElapsedTime(oldest.At) > KeepRecent))
            {
                order.Dequeue();
                if (recent.TryGetValue(oldest.Chunk, out var kept) && kept.At == oldest.At)
                {
                    recent.Remove(oldest.Chunk);
                }
            }
        }
    }

    /// <summary>A copy was deleted: it is not shown any more because of an earlier order.</summary>
    public void Deleted(ulong chunk, ChunkServerIncarnation server)
    {
        lock (gate)
        {
            if (recent.TryGetValue(chunk, out var done))
            {
                recent[chunk] = done with { Servers = [.. done.Servers.Where(s => s.Incarnation != server)] };
            }
        }
    }

    // What was done on a connection that has ended since is not known any more: the chunkserver says it when it registers.
    private void Overlay(List<KnownCopy> copies, RecentOrder done)
    {
        foreach (var then in done.Servers)
        {
            if (view.FindServer(then.Incarnation) is not { IsConnected: true } server)
            {
                continue;
            }

            var at = copies.FindIndex(c => c.Server.Incarnation == server.Incarnation);
            if (at < 0)
            {
                copies.Add(new KnownCopy(server, done.Version, ChunkFlags.None));
            }
            else if (copies[at].Version < done.Version)
            {
                copies[at] = copies[at] with { Version = done.Version };
            }
        }
    }

    private sealed record RecentOrder(uint Version, ChunkServerStatus[] Servers, long At);
}

/// <summary>One full copy of a chunk.</summary>
/// <param name="Server">Where it is.</param>
/// <param name="Version">Its version.</param>
/// <param name="Flags">What else was said about it.</param>
public readonly record struct KnownCopy(ChunkServerStatus Server, uint Version, ChunkFlags Flags)
{
    /// <summary>True when its chunkserver says that it is damaged.</summary>
    public bool IsDamaged => (Flags & ChunkFlags.Damaged) != 0;

    /// <summary>True when it is on a disk that is marked for removal.</summary>
    public bool IsMarkedForRemoval => (Flags & ChunkFlags.MarkedForRemoval) != 0;
}

using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks;

/// <summary>
/// Chunks whose copies this leader knows to be equal, because all of them have executed its last order. Such a chunk can be written again without a new
/// version (chunkserver-protocol 5.2: needverincrease). Forgotten with the leadership. Thread-safe.
/// </summary>
public sealed class TrustedCopies
{
    private const int MaxChunks = 262_144;
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, (uint Version, ChunkServerIncarnation[] Servers)> trusted = [];
    private readonly Queue<ulong> order = new();

    /// <summary>All copies have executed an order.</summary>
    public void Trust(ulong chunk, uint version, IEnumerable<ChunkServerIncarnation> servers)
    {
        lock (gate)
        {
            if (!trusted.ContainsKey(chunk))
            {
                order.Enqueue(chunk);
                if (order.Count > MaxChunks)
                {
                    trusted.Remove(order.Dequeue());
                }
            }

            trusted[chunk] = (version, [.. servers]);
        }
    }

    /// <summary>
    /// True when this leader has seen an order for this version carried out. A client that goes on after an error then gets a new version instead of the same order
    /// again; a copy that failed meanwhile would otherwise look current.
    /// </summary>
    public bool HasSeen(ulong chunk, uint version)
    {
        lock (gate)
        {
            return trusted.TryGetValue(chunk, out var known) && known.Version == version;
        }
    }

    /// <summary>The version whose order this leader has seen carried out last; 0 if none, or if another order is under way.</summary>
    public uint SeenVersion(ulong chunk)
    {
        lock (gate)
        {
            return trusted.GetValueOrDefault(chunk).Version;
        }
    }

    /// <summary>Something about the chunk is in doubt.</summary>
    public void Doubt(ulong chunk)
    {
        lock (gate)
        {
            if (trusted.ContainsKey(chunk))
            {
                trusted[chunk] = (0, []);
            }
        }
    }

    /// <summary>True when the copies that exist now are exactly those that executed the last order, on the same connections.</summary>
    public bool AreGood(ulong chunk, uint version, IReadOnlyList<KnownCopy> all, Func<ChunkServerStatus, bool> isReachable)
    {
        lock (gate)
        {
            return trusted.TryGetValue(chunk, out var known)
                && known.Version == version
                && known.Servers.Length == all.Count
                && all.All(c => c.Version == version && known.Servers.Contains(c.Server.Incarnation) && isReachable(c.Server));
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (gate)
        {
            trusted.Clear();
            order.Clear();
        }
    }
}

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>What is under way at which chunkserver. Thread-safe.</summary>
public sealed class CareLedger(CarePaceSource pace) : ICareLimits
{
    /// <summary>Growth of the deletion limit while deletions do not keep up (`mfsmaster/chunks.c`: 1.5).</summary>
    private const double Growth = 1.5;

    private readonly Lock gate = new();
    private readonly Dictionary<ushort, int> reads = [];
    private readonly Dictionary<ushort, int> writes = [];
    private readonly Dictionary<ushort, int> deletions = [];
    private double deletionLimit;

    /// <inheritdoc/>
    public bool MayRead(ushort server, ReplicationKind kind) => Count(reads, server) < pace.Current.ReadLimits[(int)kind];

    /// <inheritdoc/>
    public bool MayWrite(ushort server, ReplicationKind kind) => Count(writes, server) < pace.Current.WriteLimits[(int)kind];

    /// <inheritdoc/>
    public bool MayDelete(ushort server)
    {
        var settings = pace.Current;
        lock (gate)
        {
            return deletions.GetValueOrDefault(server) < Math.Clamp((int)deletionLimit, settings.SoftDeletions, Math.Max(settings.SoftDeletions, settings.HardDeletions));
        }
    }

    /// <inheritdoc/>
    public int Writes(ushort server) => Count(writes, server);

    /// <summary>Once a second: deletions that wait raise the limit step by step up to the hard one; otherwise the soft one counts again.</summary>
    public void Adapt(bool deletionsWait)
    {
        var settings = pace.Current;
        lock (gate)
        {
            deletionLimit = deletionsWait ? Math.Min(settings.HardDeletions, Math.Max(settings.SoftDeletions, deletionLimit) * Growth) : settings.SoftDeletions;
        }
    }

    /// <summary>A replication begins.</summary>
    public void BeginReplication(ushort source, ushort target)
    {
        Add(reads, source, 1);
        Add(writes, target, 1);
    }

    /// <summary>A replication has ended.</summary>
    public void EndReplication(ushort source, ushort target)
    {
        Add(reads, source, -1);
        Add(writes, target, -1);
    }

    /// <summary>A deletion begins.</summary>
    public void BeginDeletion(ushort server) => Add(deletions, server, 1);

    /// <summary>A deletion has ended.</summary>
    public void EndDeletion(ushort server) => Add(deletions, server, -1);

    private int Count(Dictionary<ushort, int> counts, ushort server)
    {
        lock (gate)
        {
            return counts.GetValueOrDefault(server);
        }
    }

    private void Add(Dictionary<ushort, int> counts, ushort server, int change)
    {
        lock (gate)
        {
            var count = counts.GetValueOrDefault(server) + change;
            if (count == 0)
            {
                counts.Remove(server);
            }
            else
            {
                counts[server] = count;
            }
        }
    }
}

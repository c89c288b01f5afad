namespace MfsHa.Replication.Ring;

/// <summary>How CRDT state travels round the ring of nodes.</summary>
public sealed record RingOptions
{
    /// <summary>How many successors get a node's deltas (<c>HA_RING_SUCCESSORS</c>), at least 1. Default 2.</summary>
    public int Successors { get; init; } = 2;

    /// <summary>True to send deltas at once, false to send them every <see cref="GossipInterval"/> (<c>HA_ASYNC_REPLICATION</c>). Default true.</summary>
    public bool AsyncReplication { get; init; } = true;

    /// <summary>How often digests are compared with the successors (<c>HA_GOSSIP_INTERVAL</c>). Default 1 s.</summary>
    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long changes gather before they are sent at once. Default 5 ms.</summary>
    public TimeSpan Coalesce { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Most bytes of one delta; a successor that lacks more is told to ask for it piece by piece. Default 32 KiB.</summary>
    public int MaxDeltaBytes { get; init; } = 32 * 1024;

    /// <summary>Bytes of changes in one answer to a digest; more is asked for again. Default 128 KiB.</summary>
    public int MaxReplyBytes { get; init; } = 128 * 1024;

    /// <summary>Answers that are asked for in a row before another node has its turn. Default 1024.</summary>
    public int MaxRounds { get; init; } = 1024;

    /// <summary>Longest wait for one answer. Default 5 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>With every so many digests goes what each member is known to have seen, so that removals can be forgotten. Default 10.</summary>
    public int KnowledgeEvery { get; init; } = 10;

    /// <summary>Steps of deferred work (taking dropped locations out of memory) done at a time. Default 10,000.</summary>
    public int MaintenanceSteps { get; init; } = 10_000;

    /// <summary>Throws <see cref="ArgumentException"/> for values that cannot work.</summary>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Successors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(GossipInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Coalesce, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDeltaBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReplyBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRounds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(KnowledgeEvery, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaintenanceSteps, 1);
    }
}

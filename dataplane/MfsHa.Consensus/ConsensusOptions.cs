namespace MfsHa.Consensus;

/// <summary>Timing and limits of all groups of a node.</summary>
public sealed record ConsensusOptions
{
    /// <summary>Time without a leader after which votes are granted (<c>HA_RAFT_ELECTION_TIMEOUT</c>); who stands when is up to <see cref="ElectionTurn"/>. Default 250 ms.</summary>
    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Heartbeat period (<c>HA_RAFT_HEARTBEAT_TIMEOUT</c>). Default 100 ms; must be below half the election timeout.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often state is made durable so that the log can be cut (<c>HA_METADATA_SYNC_INTERVAL</c>). Default 5 s.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most commands in one log entry.</summary>
    public int MaxCommandsPerEntry { get; init; } = 1024;

    /// <summary>Most bytes of commands in one log entry (a single larger command is one entry).</summary>
    public int MaxBytesPerEntry { get; init; } = 1 << 20;

    /// <summary>Entries of one group that may be proposed and not yet applied.</summary>
    public int MaxEntriesInFlight { get; init; } = 4;

    /// <summary>
    /// How long a leader waits for commands of callers that were there a moment ago before it begins a round. A single caller is never waited for.
    /// Zero: not at all. Default 2 ms.
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// How long nothing must have changed before followers get leases by which they read without asking the leader. The next change takes them back first, which
    /// costs a message to each. Default 5 ms.
    /// </summary>
    public TimeSpan LeaseQuietTime { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Commands of one group that may wait for a place in an entry; more are rejected.</summary>
    public int MaxQueuedCommands { get; init; } = 65_536;

    /// <summary>Bytes of recent log entries kept in memory per group for replication.</summary>
    public long MaxLogCacheBytes { get; init; } = 8 << 20;

    /// <summary>Entries kept in the log behind the durable index so that a peer that was away shortly needs no snapshot.</summary>
    public long RetainedEntries { get; init; } = 20_000;

    /// <summary>Bytes of entries kept in the log behind the durable index; fewer entries than <see cref="RetainedEntries"/> when they are large. Default 128 MiB per group.</summary>
    public long RetainedBytes { get; init; } = 128L << 20;

    /// <summary>Most bytes of one command; a longer one is refused. Default 32 MiB.</summary>
    public int MaxCommandBytes { get; init; } = 32 << 20;

    /// <summary>Throws <see cref="ArgumentException"/> with an explanation when values contradict each other.</summary>
    public void Validate()
    {
        if (ElectionTimeout < TimeSpan.FromMilliseconds(50) || ElectionTimeout > TimeSpan.FromSeconds(30))
        {
            throw new ArgumentException($"the election timeout must be 50 ms to 30 s, not {ElectionTimeout.TotalMilliseconds} ms");
        }

        if (Heartbeat <= TimeSpan.Zero || Heartbeat >= ElectionTimeout / 2)
        {
            throw new ArgumentException(
                $"a heartbeat every {Heartbeat.TotalMilliseconds} ms does not fit an election timeout of {ElectionTimeout.TotalMilliseconds} ms: it must be below its half");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SyncInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommandsPerEntry, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytesPerEntry, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxEntriesInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(GatherTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(GatherTime, Heartbeat);
        ArgumentOutOfRangeException.ThrowIfLessThan(LeaseQuietTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedCommands, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLogCacheBytes, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetainedEntries, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetainedBytes, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommandBytes, 1);
    }
}

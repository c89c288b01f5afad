namespace MfsHa.Cluster.Chunks.Care;

/// <summary>How fast copies are looked after (chunkserver-protocol 7, 9). Names in brackets: keys of mfsha.cfg.</summary>
public sealed record CarePace
{
    /// <summary>Nothing is copied or deleted for so long after this node became leader (REPLICATIONS_DELAY_INIT).</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Shortest time of a pass over all chunks (CHUNKS_LOOP_MIN_TIME).</summary>
    public TimeSpan LoopMinTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Most chunks looked at per second (CHUNKS_LOOP_MAX_CPS).</summary>
    public int MaxChunksPerSecond { get; init; } = 100_000;

    /// <summary>Deletions under way per chunkserver while they keep up (CHUNKS_SOFT_DEL_LIMIT).</summary>
    public int SoftDeletions { get; init; } = 10;

    /// <summary>Deletions under way per chunkserver at most (CHUNKS_HARD_DEL_LIMIT).</summary>
    public int HardDeletions { get; init; } = 30;

    /// <summary>Replications to a chunkserver at a time, by <see cref="ReplicationKind"/> (CHUNKS_WRITE_REP_LIMIT).</summary>
    public IReadOnlyList<int> WriteLimits { get; init; } = [2, 1, 1, 4];

    /// <summary>Replications from a chunkserver at a time, by <see cref="ReplicationKind"/> (CHUNKS_READ_REP_LIMIT).</summary>
    public IReadOnlyList<int> ReadLimits { get; init; } = [10, 5, 2, 5];

    /// <summary>No two copies on one IP address, if there are enough (CHUNKS_UNIQUE_MODE 1).</summary>
    public bool UniqueAddresses { get; init; }

    /// <summary>Difference of usage that needs no balance, 0..1 (ACCEPTABLE_PERCENTAGE_DIFFERENCE / 100).</summary>
    public double AcceptableDifference { get; init; } = 0.01;

    /// <summary>A disconnected chunkserver is forgotten after this time (CS_DAYS_TO_REMOVE_UNUSED); zero = never.</summary>
    public TimeSpan ForgetServersAfter { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a chunkserver is absent before its copies are replaced: it may come back through another node (chunkserver-protocol 4.2).</summary>
    public TimeSpan AbsenceGrace => InitialDelay < LongestGrace ? InitialDelay : LongestGrace;

    private static TimeSpan LongestGrace => TimeSpan.FromSeconds(20);
}

/// <summary>The pace in force; changed by a reload.</summary>
public sealed class CarePaceSource(CarePace first)
{
    private volatile CarePace current = first;

    /// <summary>The pace in force.</summary>
    public CarePace Current
    {
        get => current;
        set => current = value;
    }
}

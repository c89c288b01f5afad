namespace MfsHa.Metadata.Sharding;

/// <summary>What a command takes, as far as trying it out has shown.</summary>
/// <param name="Missing">Records of other shards to be fetched before it can be tried again.</param>
/// <param name="Used">Units of other shards that it uses, and how; nothing when the command is a matter of its own shard.</param>
/// <param name="MissingPaths">Directories whose paths should be told with the command.</param>
/// <param name="Held">What a transaction holds of its own shard: to be tried again when that is over; null if none.</param>
public sealed record TransactionPlan(IReadOnlyList<RecordNeed> Missing, IReadOnlyList<UnitLock> Used, IReadOnlyList<uint> MissingPaths, LockKey? Held)
{
    /// <summary>Nothing beyond its own shard.</summary>
    public static readonly TransactionPlan Local = new([], [], [], null);
}

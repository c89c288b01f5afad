namespace MfsHa.Metadata.Sharding;

/// <summary>A unit is held by a transaction: the operation has to wait for its outcome. Nothing has changed when it is caught at the processor.</summary>
public sealed class UnitLockedException(LockKey key, TransactionId holder) : Exception($"{key} is held by transaction {holder}")
{
    /// <summary>The unit, or the name in it.</summary>
    public LockKey Key { get; } = key;
}

/// <summary>An operation has looked at records of other shards that it was not given.</summary>
public sealed class RecordsElsewhereException(IReadOnlyList<RecordNeed> needs) : Exception("records of other shards are needed")
{
    /// <summary>What it needs.</summary>
    public IReadOnlyList<RecordNeed> Needs { get; } = needs;
}

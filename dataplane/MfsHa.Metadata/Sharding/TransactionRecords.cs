using MemoryPack;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Sharding;

/// <summary>A transaction that this shard has promised to carry out if its coordinator decides so.</summary>
/// <param name="Locks">What is held for it.</param>
/// <param name="Fresh">The inode number that was set aside for it; 0 = none.</param>
/// <param name="Token">Names this promise: the log index before it.</param>
[MemoryPackable]
public sealed partial record PreparedTransaction(UnitLock[] Locks, uint Fresh, long Token)
{
    /// <summary>Further inode numbers that were set aside.</summary>
    public uint[] MoreFresh { get; init; } = [];
}

/// <summary>A decided transaction, kept by its coordinator until every participant has finished.</summary>
/// <param name="Effects">What each participant has to do; one per participant.</param>
/// <param name="Reply">The serialised reply.</param>
[MemoryPackable]
public sealed partial record TransactionDecision(ShardEffects[] Effects, byte[] Reply);

/// <summary>When something happened, Unix seconds of the shard's clock.</summary>
[MemoryPackable]
public sealed partial record TransactionMark(uint UnixSeconds);

/// <summary>What an object of another shard counts for in a directory of this one.</summary>
/// <param name="Sequence">Log index of the object's shard at which this was true; later reports replace earlier ones. 0 = not reported yet.</param>
/// <param name="Totals">What it counts for.</param>
[MemoryPackable]
public sealed partial record TotalsReport(long Sequence, SubtreeTotals Totals);

/// <summary>An entry of this shard that names an object of another one.</summary>
[MemoryPackable]
public sealed partial record OutsideEntry(uint Directory, TotalsReport Reported);

/// <summary>An object of this shard whose parents in other shards do not know its totals yet.</summary>
/// <param name="Since">Log index before the change.</param>
[MemoryPackable]
public sealed partial record UnreportedTotals(long Since);

using MemoryPack;

namespace MfsHa.Metadata.Sharding;

/// <summary>What an operation needs to know of another shard's records.</summary>
/// <param name="Kind">Kind of the table; <see cref="FreshInode"/> for a new inode number.</param>
/// <param name="Unit">The inode that the records belong to; for a new number the shard.</param>
/// <param name="Key">Key within the table; null for all records of the unit.</param>
[MemoryPackable]
public sealed partial record RecordNeed(byte Kind, uint Unit, byte[]? Key)
{
    /// <summary>Not a table: a number for a new inode.</summary>
    public const byte FreshInode = byte.MaxValue;
}

/// <summary>The answer to a need: all records that exist.</summary>
[MemoryPackable]
public sealed partial record RecordAnswer(byte Kind, uint Unit, byte[]? Key, KeyedValue[] Values);

/// <summary>A record.</summary>
[MemoryPackable]
public readonly partial record struct KeyedValue(byte[] Key, byte[] Value);

/// <summary>What one shard has answered and promised.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Answers">Its records.</param>
/// <param name="Locks">Units that it holds for the transaction; empty for answers without a promise.</param>
/// <param name="Fresh">A new inode number there; 0 = none.</param>
/// <param name="Token">Which promise this is: a late copy of its fulfilment must not fulfil another one of the same transaction.</param>
[MemoryPackable]
public sealed partial record ShardRecords(ushort Shard, RecordAnswer[] Answers, UnitLock[] Locks, uint Fresh, long Token);

/// <summary>One record that a transaction writes.</summary>
/// <param name="Kind">Kind of the table.</param>
/// <param name="Key">Key within the table.</param>
/// <param name="Value">The value; null removes the record.</param>
[MemoryPackable]
public readonly partial record struct RecordWrite(byte Kind, byte[] Key, byte[]? Value);

/// <summary>What a transaction does in one shard beside its coordinator: first the writes, then the actions in order.</summary>
[MemoryPackable]
public sealed partial record ShardEffects(ushort Shard, long Token, RecordWrite[] Writes, ShardAction[] Actions);

/// <summary>The path of a directory of another shard as it was while the command was on its way, without leading slash; empty for the root.</summary>
[MemoryPackable]
public sealed partial record OuterPath(uint Directory, byte[] Path);

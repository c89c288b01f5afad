using System.Buffers.Binary;
using MemoryPack;

namespace MfsHa.Metadata.Sharding;

/// <summary>What an operation needs to know of another shard's records.</summary>
/// <param name="Kind">Kind of the table; <see cref="FreshInode"/> for a new inode number.</param>
/// <param name="Unit">The inode that the records belong to; for a new number the shard.</param>
/// <param name="Key">Key within the table; null for all records of the unit.</param>
[MemoryPackable]
public sealed partial record RecordNeed(byte Kind, uint Unit, byte[]? Key)
{
    /// <summary>True when only that of a directory's record is needed which changes of its entries leave alone.</summary>
    public bool Settled { get; init; }

    /// <summary>
    /// Not a table: everything about an object and about what is below it, as far as it is of the same shard; answered by all records, and by one answer of this kind
    /// for every object.
    /// </summary>
    public const byte Tree = byte.MaxValue - 2;

    /// <summary>Not a table: which quotas bind below a directory. Nothing is held for it, because that may lag; the shard notes the answer (<see cref="Quotas.QuotaChain"/>).</summary>
    public const byte QuotaChain = byte.MaxValue - 1;

    /// <summary>Not a table: numbers for new inodes, as many as the key says (4 bytes, big endian), one without a key.</summary>
    public const byte FreshInode = byte.MaxValue;

    /// <summary>Most objects of other shards that one transaction looks at or makes.</summary>
    public const int MaxObjects = 32_768;

    /// <summary>So many numbers for new inodes in a shard.</summary>
    public static RecordNeed FreshInodes(ushort shard, int count)
    {
        var key = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(key, count);
        return new RecordNeed(FreshInode, shard, key);
    }

    /// <summary>How many numbers for new inodes are needed.</summary>
    [MemoryPackIgnore]
    public int FreshCount => Key is null ? 1 : BinaryPrimitives.ReadInt32BigEndian(Key);
}

/// <summary>The answer to a need: all records that exist.</summary>
[MemoryPackable]
public sealed partial record RecordAnswer(byte Kind, uint Unit, byte[]? Key, KeyedValue[] Values)
{
    /// <summary><see cref="RecordNeed.Settled"/>: the rest is left out.</summary>
    public bool Settled { get; init; }
}

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
public sealed partial record ShardRecords(ushort Shard, RecordAnswer[] Answers, UnitLock[] Locks, uint Fresh, long Token)
{
    /// <summary>Further new inode numbers.</summary>
    public uint[] MoreFresh { get; init; } = [];
}

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

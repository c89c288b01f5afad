using MemoryPack;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>Kinds of leased ids. Part of the storage format.</summary>
public enum IdKind : byte
{
    /// <summary>Inode numbers, in ranges of 2^16, below 2^29.</summary>
    Inode = 1,

    /// <summary>Chunk ids, in ranges of 2^40, below 2^56.</summary>
    Chunk = 2,
}

/// <summary>Ids that a shard may use (design.md 5).</summary>
/// <param name="Kind">Kind of ids.</param>
/// <param name="First">First id; a multiple of the kind's range length.</param>
/// <param name="Count">Number of ids; a multiple of the kind's range length.</param>
/// <param name="Shard">Who allocates in it, and who owns its ids unless <paramref name="Mixed"/> says otherwise.</param>
/// <param name="Mixed">A range made by an import: one byte per id says its shard; null otherwise.</param>
[MemoryPackable]
public sealed partial record IdLease(IdKind Kind, ulong First, ulong Count, ushort Shard, byte[]? Mixed)
{
    /// <summary>Ids of one range.</summary>
    public static ulong RangeLength(IdKind kind) => kind switch
    {
        IdKind.Inode => 1UL << 16,
        IdKind.Chunk => 1UL << 40,
        _ => throw new InvariantException($"kind of ids {kind}"),
    };

    /// <summary>First number that is no id of the kind any more.</summary>
    public static ulong End(IdKind kind) => kind switch
    {
        IdKind.Inode => 1UL << 29,
        IdKind.Chunk => 1UL << 56,
        _ => throw new InvariantException($"kind of ids {kind}"),
    };

    /// <summary>What a shard of a new cluster begins with: one range, or everything if it is the only one.</summary>
    public static IdLease Initial(IdKind kind, ushort shard, ushort shards) => shards == 1
        ? new IdLease(kind, 0, End(kind), 0, null)
        : new IdLease(kind, shard * RangeLength(kind), RangeLength(kind), shard, null);
}

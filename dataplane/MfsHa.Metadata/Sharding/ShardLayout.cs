using System.IO.Hashing;
using MemoryPack;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// Which shard owns which numbers: numbers come in ranges, and the ranges go round the shards, except those that a cluster was imported with: they are all shard 0's. Fixed when a
/// cluster is created and part of every shard's state, so that all replicas answer alike.
/// </summary>
/// <param name="Shard">The shard whose state this is, 0 .. <paramref name="Count"/> - 1.</param>
/// <param name="Count">Shards of the cluster, 1..64.</param>
/// <param name="Imported">The ranges of an import.</param>
[MemoryPackable]
public sealed partial record ShardLayout(ushort Shard, ushort Count, ImportedRanges Imported = default)
{
    /// <summary>Most shards of a cluster.</summary>
    public const ushort MaxCount = 64;

    /// <summary>Most ranges of inode numbers that an import may bring: half of all.</summary>
    public const uint MaxImportedInodeRanges = (LastInodeRange + 1) / 2;

    /// <summary>Most ranges of chunk ids that an import may bring: half of all.</summary>
    public const uint MaxImportedChunkRanges = 1u << (56 - ChunkRangeBits - 1);

    private const int InodeRangeBits = 16;
    private const int ChunkRangeBits = 40;
    private const uint LastInodeRange = (1u << (29 - InodeRangeBits)) - 1;

    /// <summary>The shard of an inode in a cluster of <paramref name="count"/> shards. The root (1) is in shard 0.</summary>
    public static ushort ShardOf(uint inode, int count, ImportedRanges imported = default) =>
        count == 1 || inode >> InodeRangeBits < imported.Inodes ? (ushort)0 : (ushort)((inode >> InodeRangeBits) % (uint)count);

    /// <summary>The ranges that numbers up to these need.</summary>
    /// <param name="inode">The highest inode number.</param>
    /// <param name="chunk">The highest chunk id.</param>
    public static ImportedRanges RangesOf(uint inode, ulong chunk) => new((inode >> InodeRangeBits) + 1, (uint)(chunk >> ChunkRangeBits) + 1);

    /// <summary>The shard of an inode.</summary>
    public ushort ShardOf(uint inode) => ShardOf(inode, Count, Imported);

    /// <summary>True when the chunk belongs to this shard.</summary>
    public bool OwnsChunk(ulong chunk) => ShardOfChunk(chunk) == Shard;

    /// <summary>The shard of a chunk.</summary>
    public ushort ShardOfChunk(ulong chunk) => ShardOfChunkRange(chunk >> ChunkRangeBits);

    /// <summary>
    /// The shard of a new directory that is not to stay with its parent. Parents' numbers are mixed in as a whole: every shard begins to count at a multiple of a power of two, so what is left
    /// of them by a remainder is alike in all shards.
    /// </summary>
    public ushort HomeOf(uint parent, Name name) => (ushort)(XxHash3.HashToUInt64(name.Span, parent) % Count);

    /// <summary>True when the inode belongs to this shard.</summary>
    public bool Owns(uint inode) => ShardOf(inode) == Shard;

    /// <summary>The first inode number that this shard gives out.</summary>
    [MemoryPackIgnore]
    public uint FirstInode => Shard == 0 && Imported.Inodes == 0 ? 2 : FirstOwnRange(Imported.Inodes) << InodeRangeBits;

    /// <summary>The first chunk id that this shard gives out.</summary>
    [MemoryPackIgnore]
    public ulong FirstChunk => ((ulong)FirstOwnRange(Imported.Chunks) << ChunkRangeBits) + 1;

    /// <summary>A number that stands for a new inode of a shard while a command is only tried out.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="count">Shards of the cluster.</param>
    /// <param name="which">The first, the second one of them: 0..65,535.</param>
    public static uint StandIn(ushort shard, int count, ushort which)
    {
        var range = LastInodeRange - ((LastInodeRange + (uint)count - shard) % (uint)count);
        return (range << InodeRangeBits) | ((1u << InodeRangeBits) - 1 - which);
    }

    /// <summary>
    /// The unit of a shard that stands for its storage classes: no inode, and never given out. Who finds a class by its name reads it.
    /// </summary>
    public uint ClassesOf(ushort shard) => BeyondInodes(0, shard);

    /// <summary>The unit of a shard that stands for how many of its objects have which storage class. Who gives a class to an object reads it.</summary>
    public uint ClassUseOf(ushort shard) => BeyondInodes(1, shard);

    /// <summary>
    /// The unit of a shard that stands for what others have borrowed of its chunks. Who borrows reads it, who hears of loans that are given back writes it; records of borrowed
    /// chunks are asked for under its name.
    /// </summary>
    public uint LoansOf(ushort shard) => BeyondInodes(2, shard);

    private uint BeyondInodes(uint which, ushort shard)
    {
        return (((((LastInodeRange + 1) / Count) + 1 + which) * Count) + shard) << InodeRangeBits;
    }

    /// <summary>The inode number of this shard that follows one of its own.</summary>
    public uint Following(uint inode)
    {
        var next = inode + 1;
        if (next << (32 - InodeRangeBits) != 0)
        {
            return next;
        }

        var range = next >> InodeRangeBits;
        while (ShardOf(range << InodeRangeBits) != Shard)
        {
            range++;
        }

        return range << InodeRangeBits;
    }

    private ushort ShardOfChunkRange(ulong range) => Count == 1 || range < Imported.Chunks ? (ushort)0 : (ushort)(range % Count);

    // The first one from there on that is this shard's by turns.
    private uint FirstOwnRange(uint from) => from + (((uint)Shard + Count - (from % Count)) % Count);
}

/// <summary>How many ranges of numbers, from the first one on, a cluster was imported with.</summary>
/// <param name="Inodes">Of 2^16 inode numbers.</param>
/// <param name="Chunks">Of 2^40 chunk ids.</param>
[MemoryPackable]
public readonly partial record struct ImportedRanges(uint Inodes, uint Chunks);

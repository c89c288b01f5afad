using System.IO.Hashing;
using MemoryPack;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// Which shard owns which numbers: numbers come in ranges, and the ranges go round the shards. Fixed when a cluster is created and part of every
/// shard's state, so that all replicas answer alike.
/// </summary>
/// <param name="Shard">The shard whose state this is, 0 .. <paramref name="Count"/> - 1.</param>
/// <param name="Count">Shards of the cluster, 1..64.</param>
[MemoryPackable]
public sealed partial record ShardLayout(ushort Shard, ushort Count)
{
    /// <summary>Most shards of a cluster.</summary>
    public const ushort MaxCount = 64;

    private const int InodeRangeBits = 16;
    private const int ChunkRangeBits = 40;

    /// <summary>The shard of an inode in a cluster of <paramref name="count"/> shards. The root (1) is in shard 0.</summary>
    public static ushort ShardOf(uint inode, int count) => count == 1 ? (ushort)0 : (ushort)((inode >> InodeRangeBits) % (uint)count);

    /// <summary>The shard of a chunk.</summary>
    public static ushort ShardOfChunk(ulong chunk, int count) => count == 1 ? (ushort)0 : (ushort)((chunk >> ChunkRangeBits) % (ulong)count);

    /// <summary>The shard of an inode.</summary>
    public ushort ShardOf(uint inode) => ShardOf(inode, Count);

    /// <summary>The shard of a new directory that is not to stay with its parent.</summary>
    public ushort HomeOf(uint parent, Name name) => (ushort)((XxHash3.HashToUInt64(name.Span) + parent) % Count);

    /// <summary>True when the inode belongs to this shard.</summary>
    public bool Owns(uint inode) => ShardOf(inode) == Shard;

    /// <summary>The first inode number that this shard gives out.</summary>
    [MemoryPackIgnore]
    public uint FirstInode => Shard == 0 ? 2 : (uint)Shard << InodeRangeBits;

    /// <summary>The first chunk id that this shard gives out.</summary>
    [MemoryPackIgnore]
    public ulong FirstChunk => ((ulong)Shard << ChunkRangeBits) + 1;

    /// <summary>A number that stands for a new inode of a shard while a command is only tried out.</summary>
    public static uint StandIn(ushort shard, int count)
    {
        const uint LastRange = (1u << (29 - InodeRangeBits)) - 1;
        var range = LastRange - ((LastRange + (uint)count - shard) % (uint)count);
        return (range << InodeRangeBits) | ((1u << InodeRangeBits) - 1);
    }

    /// <summary>The inode number of this shard that follows one of its own.</summary>
    public uint Following(uint inode)
    {
        var next = inode + 1;
        return next << (32 - InodeRangeBits) == 0 ? next + ((Count - 1u) << InodeRangeBits) : next;
    }
}

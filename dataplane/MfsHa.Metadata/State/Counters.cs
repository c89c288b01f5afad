using MemoryPack;

namespace MfsHa.Metadata.State;

/// <summary>Allocators and totals of a shard.</summary>
[MemoryPackable]
public sealed partial record Counters
{
    /// <summary>Next inode never given out.</summary>
    public uint NextInode { get; init; } = 2;

    /// <summary>First batch of <see cref="NamespaceState.RecycledInodes"/>.</summary>
    public uint FirstRecycled { get; init; }

    /// <summary>Inodes already taken from that batch.</summary>
    public uint RecycledTaken { get; init; }

    /// <summary>Number of the next batch; no batch waits when it equals <see cref="FirstRecycled"/>.</summary>
    public uint NextRecycled { get; init; }

    /// <summary>Next chunk id; ids are never reused.</summary>
    public ulong NextChunk { get; init; } = 1;

    /// <summary>Edge id of the next entry; counts down (metadata-format: from 0x7FFFFFFFFFFFFFFE).</summary>
    public ulong NextEdge { get; init; } = 0x7FFF_FFFF_FFFF_FFFE;

    /// <summary>Objects, trash and sustained included.</summary>
    public long Inodes { get; init; }

    /// <summary>Directories.</summary>
    public long Directories { get; init; }

    /// <summary>Files in the tree.</summary>
    public long Files { get; init; }

    /// <summary>Files in the trash.</summary>
    public long TrashFiles { get; init; }

    /// <summary>Bytes of files in the trash.</summary>
    public long TrashLength { get; init; }

    /// <summary>Unlinked files that are open.</summary>
    public long SustainedFiles { get; init; }

    /// <summary>Bytes of unlinked files that are open.</summary>
    public long SustainedLength { get; init; }

    /// <summary>Chunk records.</summary>
    public long Chunks { get; init; }
}

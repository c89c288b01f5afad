using MemoryPack;

namespace MfsHa.Metadata.State;

/// <summary>An unlinked file.</summary>
/// <param name="Path">Full path from the global root without leading slash, at most <see cref="MaxPathLength"/> bytes.</param>
/// <param name="Queued">Under which time it waits in <see cref="NamespaceState.TrashExpiry"/> or, sustained, in <see cref="NamespaceState.SustainedIdle"/>; 0 = it does not wait.</param>
[MemoryPackable]
public sealed partial record DetachedFile(byte[] Path, uint Queued)
{
    /// <summary>Longest path; longer ones lose their beginning.</summary>
    public const int MaxPathLength = 1024;
}

/// <summary>The sessions that have an inode open, ascending, at least one.</summary>
[MemoryPackable]
public sealed partial record OpenSessions(uint[] Sessions);

/// <summary>Inode numbers that may be given out again.</summary>
[MemoryPackable]
public sealed partial record InodeBatch(uint[] Inodes)
{
    /// <summary>Most numbers of one batch.</summary>
    public const int MaxInodes = 256;
}

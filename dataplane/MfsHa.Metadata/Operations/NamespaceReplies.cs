using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <summary>Only a status.</summary>
[MemoryPackable]
public sealed partial record StatusReply(StatusCode Code) : Reply
{
    /// <summary>Success without data.</summary>
    public static readonly StatusReply Ok = new(StatusCode.Ok);

    /// <inheritdoc/>
    public override StatusCode Status => Code;

    /// <summary>A refusal.</summary>
    public static StatusReply Of(StatusCode code) => new(code);
}

/// <summary>An object and its attributes as the caller may see them.</summary>
/// <param name="Inode">Inode number as the session calls it (its root is 1). 0 after an exchange of two names.</param>
/// <param name="Attributes">The attribute record.</param>
[MemoryPackable]
public sealed partial record NodeReply(uint Inode, AttributeRecord Attributes) : Reply;

/// <summary>Answer to LOOKUP.</summary>
/// <param name="Inode">Inode number as the session calls it.</param>
/// <param name="Attributes">The attribute record; <see cref="AttributeFlags.AllowDataCache"/> is clear for files (see <paramref name="Flags"/>).</param>
/// <param name="Flags">Without <see cref="LookupFlags.HasChunk"/> and <see cref="LookupFlags.KeepCache"/>: who knows locations or cache marks adds them (and sets AllowDataCache with KeepCache).</param>
/// <param name="MayGiveChunk">True when locations of chunk 0 may be told: a file that the caller can open, whose chunk 0 is free or a hole in the table.</param>
/// <param name="FirstChunk">Chunk 0, 0 = hole; meaningful with <paramref name="MayGiveChunk"/>.</param>
/// <param name="FirstChunkVersion">Its version.</param>
[MemoryPackable]
public sealed partial record LookupReply(
    uint Inode, AttributeRecord Attributes, LookupFlags Flags, bool MayGiveChunk, ulong FirstChunk, uint FirstChunkVersion) : Reply;

/// <summary>Answer to PATH_LOOKUP.</summary>
/// <param name="Parent">Directory of the last component, 0 if the path names none.</param>
/// <param name="LastName">Last component, empty if the path names none.</param>
/// <param name="Inode">What it names; 0 if nothing.</param>
/// <param name="Attributes">Its attributes; zeros if <paramref name="Inode"/> is 0.</param>
[MemoryPackable]
public sealed partial record PathReply(uint Parent, Name LastName, uint Inode, AttributeRecord Attributes) : Reply;

/// <summary>Answer to READLINK.</summary>
/// <param name="Target">Bytes without NUL.</param>
/// <param name="AccessTimeDue">True when this read should move the link's access time (see <see cref="Namespace.UpdateTimes"/>).</param>
[MemoryPackable]
public sealed partial record TargetReply(byte[] Target, bool AccessTimeDue) : Reply;

/// <summary>Answer to READDIR.</summary>
/// <param name="NextCursor">Where the next page begins; <see cref="EndCursor"/> at the end.</param>
/// <param name="Entries">The entries, "." and ".." included in the first page.</param>
/// <param name="Directory">Real number of the directory.</param>
/// <param name="AccessTimeDue">True when this read should move the directory's access time (see <see cref="Namespace.UpdateTimes"/>).</param>
[MemoryPackable]
public sealed partial record DirectoryReply(ulong NextCursor, ListedEntry[] Entries, uint Directory, bool AccessTimeDue) : Reply
{
    /// <summary>The cursor behind the last entry.</summary>
    public const ulong EndCursor = 0x7FFF_FFFF_FFFF_FFFF;
}

/// <summary>One entry of a directory listing.</summary>
/// <param name="Name">Raw bytes.</param>
/// <param name="Inode">Inode number as the session calls it.</param>
/// <param name="Type">Kind of object.</param>
/// <param name="Attributes">Its attributes if they were asked for, otherwise zeros.</param>
[MemoryPackable]
public readonly partial record struct ListedEntry(Name Name, uint Inode, NodeType Type, AttributeRecord Attributes);

/// <summary>Answer to STATFS. Bytes, clipped by quotas.</summary>
[MemoryPackable]
public sealed partial record FileSystemReply(ulong Total, ulong Available, ulong Free, ulong Trash, ulong Sustained, uint Inodes) : Reply;

/// <summary>Answer to OPEN and CREATE.</summary>
/// <param name="Inode">Inode number as the session calls it.</param>
/// <param name="Flags">Without <see cref="OpenReplyFlags.KeepCache"/>: who keeps cache marks adds it (and sets AllowDataCache with it).</param>
/// <param name="Attributes">The attribute record; <see cref="AttributeFlags.AllowDataCache"/> is clear.</param>
[MemoryPackable]
public sealed partial record OpenReply(uint Inode, OpenReplyFlags Flags, AttributeRecord Attributes) : Reply;

/// <summary>An inode number: what UNLINK or RMDIR removed (as the session calls it), or the directory that a session's root path names.</summary>
[MemoryPackable]
public sealed partial record InodeReply(uint Inode) : Reply;

/// <summary>Answer to TRUNCATE.</summary>
/// <param name="PreviousLength">Length before; for a reservation the virtual end before, bytes.</param>
/// <param name="Length">Length now, bytes.</param>
/// <param name="Attributes">Attributes now.</param>
[MemoryPackable]
public sealed partial record LengthReply(ulong PreviousLength, ulong Length, AttributeRecord Attributes) : Reply;

/// <summary>How many things a housekeeping command has looked at; equal to its limit when there may be more.</summary>
[MemoryPackable]
public sealed partial record CountReply(int Count) : Reply;

/// <summary>Inode numbers as the session calls them.</summary>
[MemoryPackable]
public sealed partial record InodesReply(uint[] Inodes) : Reply;

/// <summary>Paths as raw bytes, without leading slash (the session's root is "/").</summary>
[MemoryPackable]
public sealed partial record PathsReply(byte[][] Paths) : Reply;

/// <summary>Totals of a subtree, its top included.</summary>
[MemoryPackable]
public sealed partial record TotalsReply(SubtreeTotals Totals) : Reply;

/// <summary>Which sessions have which inodes open, ordered by session and inode.</summary>
[MemoryPackable]
public sealed partial record OpenFilesReply(OpenEntry[] Entries) : Reply;

/// <summary>A session has an inode open.</summary>
[MemoryPackable]
public readonly partial record struct OpenEntry(uint Session, uint Inode);

/// <summary>Session ids, ascending.</summary>
[MemoryPackable]
public sealed partial record SessionsReply(uint[] Sessions) : Reply;

/// <summary>Counters of a shard.</summary>
[MemoryPackable]
public sealed partial record SummaryReply(Counters Counters) : Reply;

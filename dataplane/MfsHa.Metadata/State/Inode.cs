using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <summary>One file system object. Immutable; a change replaces it.</summary>
[MemoryPackable]
public sealed partial record Inode
{
    /// <summary>Kind of object. Trash and sustained files are kinds of their own, as in metadata.mfs.</summary>
    public required NodeType Type { get; init; }

    /// <summary>Permission bits, 0..07777.</summary>
    public required ushort Mode { get; init; }

    /// <summary>Owner.</summary>
    public required uint Uid { get; init; }

    /// <summary>Group.</summary>
    public required uint Gid { get; init; }

    /// <summary>Last access, Unix seconds.</summary>
    public required uint AccessTime { get; init; }

    /// <summary>Last change of content, Unix seconds.</summary>
    public required uint ModificationTime { get; init; }

    /// <summary>Last change of attributes, Unix seconds.</summary>
    public required uint ChangeTime { get; init; }

    /// <summary>Id of the storage class; 0 for objects that are neither file nor directory.</summary>
    public byte StorageClass { get; init; }

    /// <summary>MooseFS extra attributes (eattr bits).</summary>
    public ExtraAttributes ExtraAttributes { get; init; }

    /// <summary>Windows attributes.</summary>
    public WindowsAttributes WinAttributes { get; init; }

    /// <summary>How long a deleted file stays in the trash, hours.</summary>
    public ushort TrashHours { get; init; }

    /// <summary>Files and others: directory entries; directories: 2 + subdirectories; trash and sustained: 0.</summary>
    public required uint LinkCount { get; init; }

    /// <summary>Length of a file, bytes.</summary>
    public ulong Length { get; init; }

    /// <summary>Device number as the client sent it; block and character devices only.</summary>
    public uint Device { get; init; }

    /// <summary>Target of a symbolic link, without NUL.</summary>
    public byte[]? Target { get; init; }

    /// <summary>Directory of the first entry that names this object; 0 for the root and for trash and sustained files.</summary>
    public uint Parent { get; init; }

    /// <summary>Edge id of that entry; further hard links are in <see cref="NamespaceState.ExtraLinks"/>.</summary>
    public ulong ParentEdge { get; init; }

    /// <summary>Entries of a directory.</summary>
    public uint Entries { get; init; }

    /// <summary>Chunk 0 of a file, 0 = hole; further chunks are in <see cref="NamespaceState.ChunkPages"/>.</summary>
    public ulong FirstChunk { get; init; }

    /// <summary>Number of slots in the file's chunk table (index of the last chunk that is not a hole, plus 1).</summary>
    public uint ChunkSlots { get; init; }

    /// <summary>Slots of the file's chunk table that are not holes.</summary>
    public uint ChunkCount { get; init; }

    /// <summary>What a byte of the file occupies with all wanted copies, in sixteenths; follows the storage class.</summary>
    public ushort SpaceFactor { get; init; }

    /// <summary>True when the object has at least one extended attribute.</summary>
    public bool HasXattrs { get; init; }

    /// <summary>True when the object has an access ACL.</summary>
    public bool HasAccessAcl { get; init; }

    /// <summary>True when the directory has a default ACL.</summary>
    public bool HasDefaultAcl { get; init; }

    /// <summary>True for a directory.</summary>
    [MemoryPackIgnore]
    public bool IsDirectory => Type == NodeType.Directory;

    /// <summary>A directory's record without what changes of its entries change; the record itself of anything else.</summary>
    public Inode SettledPart() => IsDirectory
        ? this with { ModificationTime = 0, ChangeTime = 0, Entries = 0, LinkCount = 0, ExtraAttributes = ExtraAttributes & ~ExtraAttributes.Snapshot }
        : this;

    /// <summary>True for a file, in the tree or not.</summary>
    [MemoryPackIgnore]
    public bool IsFile => Type is NodeType.File or NodeType.Trash or NodeType.Sustained;

    /// <summary>True for an unlinked file.</summary>
    [MemoryPackIgnore]
    public bool IsDetached => Type is NodeType.Trash or NodeType.Sustained;

    /// <summary>True when at least one of these extra attributes is set.</summary>
    public bool Has(ExtraAttributes any) => (ExtraAttributes & any) != 0;
}

/// <summary>A directory entry by name.</summary>
/// <param name="Inode">What it names.</param>
/// <param name="Edge">Its edge id: the cursor of directory listings, descending for newer entries.</param>
[MemoryPackable]
public sealed partial record DirectoryEntry(uint Inode, ulong Edge);

/// <summary>A directory entry by edge id, for stable paging.</summary>
[MemoryPackable]
public sealed partial record DirectoryEdge(Name Name, uint Inode);

/// <summary>Marks a record whose key says everything.</summary>
[MemoryPackable]
public sealed partial record Present
{
    /// <summary>The one value.</summary>
    public static readonly Present Value = new();
}

/// <summary>A piece of a file's chunk table: slots 64·page .. 64·page+63; slot 0 of page 0 is unused (see <see cref="Inode.FirstChunk"/>).</summary>
/// <param name="Chunks">Chunk ids, 0 = hole; exactly <see cref="SlotsPerPage"/>.</param>
[MemoryPackable]
public sealed partial record ChunkPage(ulong[] Chunks)
{
    /// <summary>Slots of a page.</summary>
    public const int SlotsPerPage = 64;
}

/// <summary>A chunk as its shard knows it; where its copies are is not part of it (design.md 7).</summary>
[MemoryPackable]
public sealed partial record Chunk
{
    /// <summary>Version, 1..2^30-1; committed before any chunkserver hears of it.</summary>
    public required uint Version { get; init; }

    /// <summary>Storage class that decides its copies: the strongest of its files' classes.</summary>
    public required byte StorageClass { get; init; }

    /// <summary>References by the files' storage classes, ascending by class; null when all are of <see cref="StorageClass"/>.</summary>
    public Chunks.ClassReferences[]? Classes { get; init; }

    /// <summary>File slots that refer to it.</summary>
    public required uint References { get; init; }

    /// <summary>Locked for writing until this time, Unix seconds; 0 = not locked.</summary>
    public uint LockedUntil { get; init; }

    /// <summary>Session that holds the lock.</summary>
    public uint LockSession { get; init; }

    /// <summary>What was last ordered of chunkservers and may be unfinished; null when nothing is.</summary>
    public Chunks.ChunkWork? Work { get; init; }

    /// <summary>True when the archive mode of the storage class decides its copies.</summary>
    public bool Archived { get; init; }

    /// <summary>An unfinished write may fall back on it until this time, Unix seconds: without references it is not condemned before.</summary>
    public uint KeptUntil { get; init; }

    /// <summary>True when it goes, with all its copies: see <see cref="Chunks.CondemnChunks"/>.</summary>
    public bool Condemned { get; init; }

    /// <summary>Chunkservers whose copies go and do not count any more, ascending; null when there are none. See <see cref="Chunks.CondemnCopies"/>.</summary>
    public ushort[]? CondemnedAt { get; init; }

    /// <summary>True while the lock holds.</summary>
    public bool IsLocked(uint now) => LockedUntil >= now;

    /// <summary>True when the copy on this chunkserver goes.</summary>
    public bool IsCondemnedAt(ushort server) => Condemned || (CondemnedAt is { } servers && servers.AsSpan().Contains(server));
}

/// <summary>Remembered answer of the last mutating request of one message id of one session (design.md 8).</summary>
/// <param name="Request">Number of the request, growing per session and message id.</param>
/// <param name="Digest">Hash of the request's bytes.</param>
/// <param name="Reply">The serialised reply.</param>
[MemoryPackable]
public sealed partial record RememberedReply(ulong Request, ulong Digest, byte[] Reply);

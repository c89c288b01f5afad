using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Import.Sorting;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Import.Objects;

/// <summary>
/// What a file says of an object, in places far from each other: its record in NODE, its entries in EDGE. Each is noted under the object's number; sorted, all notes of an object are together,
/// in the order of the file.
/// </summary>
internal sealed class ObjectNotes(IScratch scratch, int memory) : IDisposable
{
    /// <summary>The object itself: always the first note.</summary>
    public const byte Object = 1;

    /// <summary>An entry that names it.</summary>
    public const byte Link = 2;

    /// <summary>The path of an unlinked file.</summary>
    public const byte Path = 3;

    /// <summary>Entries of a directory.</summary>
    public const byte Children = 4;

    private const int KeyLength = sizeof(uint) + sizeof(ulong);
    private readonly RecordSorter sorter = new(scratch, memory);
    private byte[] value = new byte[256];
    private ulong sequence;

    /// <summary>How many there are.</summary>
    public long Count => sorter.Count;

    /// <summary>Notes an object.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="facts">What its record says.</param>
    /// <param name="target">Target of a symbolic link; empty for others.</param>
    public void AddObject(uint number, in ObjectFacts facts, ReadOnlySpan<byte> target)
    {
        var room = Room(Object, Marshal.SizeOf<ObjectFacts>() + target.Length);
        MemoryMarshal.Write(room, facts);
        target.CopyTo(room[Marshal.SizeOf<ObjectFacts>()..]);
        Add(number, room.Length);
    }

    /// <summary>Notes an entry.</summary>
    public void AddLink(uint number, uint parent, ulong edge)
    {
        var room = Room(Link, sizeof(uint) + sizeof(ulong));
        BinaryPrimitives.WriteUInt32LittleEndian(room, parent);
        BinaryPrimitives.WriteUInt64LittleEndian(room[sizeof(uint)..], edge);
        Add(number, room.Length);
    }

    /// <summary>Notes the path of an unlinked file.</summary>
    public void AddPath(uint number, ReadOnlySpan<byte> path)
    {
        path.CopyTo(Room(Path, path.Length));
        Add(number, path.Length);
    }

    /// <summary>Notes that a directory has so many entries more.</summary>
    public void AddChildren(uint directory, uint entries, uint subdirectories)
    {
        var room = Room(Children, 2 * sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(room, entries);
        BinaryPrimitives.WriteUInt32LittleEndian(room[sizeof(uint)..], subdirectories);
        Add(directory, room.Length);
    }

    /// <summary>All notes in order; none may be added any more.</summary>
    public SortedRecords Sort() => sorter.Sort();

    /// <summary>The object that a note is about.</summary>
    public static uint NumberOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt32BigEndian(key);

    /// <inheritdoc/>
    public void Dispose() => sorter.Dispose();

    private Span<byte> Room(byte kind, int length)
    {
        if (value.Length < length + 1)
        {
            value = new byte[2 * (length + 1)];
        }

        value[0] = kind;
        return value.AsSpan(1, length);
    }

    private void Add(uint number, int length)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        BinaryPrimitives.WriteUInt32BigEndian(key, number);
        BinaryPrimitives.WriteUInt64BigEndian(key[sizeof(uint)..], sequence++);
        sorter.Add(key, value.AsSpan(0, length + 1));
    }
}

/// <summary>An object's record in NODE, and what follows from its chunk table.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ObjectFacts
{
    public NodeType Type;
    public byte StorageClass;
    public ExtraAttributes ExtraAttributes;
    public WindowsAttributes WinAttributes;
    public ushort Mode;
    public uint Uid;
    public uint Gid;
    public uint AccessTime;
    public uint ModificationTime;
    public uint ChangeTime;
    public ushort TrashHours;
    public uint Device;
    public ulong Length;
    public ulong FirstChunk;
    public uint ChunkSlots;
    public uint ChunkCount;

    /// <summary>Bytes that the chunks occupy, each once.</summary>
    public long Size;

    public readonly bool IsFile => Type is NodeType.File or NodeType.Trash or NodeType.Sustained;

    /// <summary>The object as it is without its entries.</summary>
    public readonly Inode ToInode(byte[]? target, ushort spaceFactor) => new()
    {
        Type = Type,
        StorageClass = StorageClass,
        ExtraAttributes = ExtraAttributes,
        WinAttributes = WinAttributes,
        Mode = Mode,
        Uid = Uid,
        Gid = Gid,
        AccessTime = AccessTime,
        ModificationTime = ModificationTime,
        ChangeTime = ChangeTime,
        TrashHours = TrashHours,
        LinkCount = Type == NodeType.Directory ? 2u : 0u,
        Device = Device,
        Length = Length,
        FirstChunk = FirstChunk,
        ChunkSlots = ChunkSlots,
        ChunkCount = ChunkCount,
        SpaceFactor = spaceFactor,
        Target = target,
    };
}

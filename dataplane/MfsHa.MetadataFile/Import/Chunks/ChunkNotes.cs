using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MfsHa.MetadataFile.Import.Sorting;

namespace MfsHa.MetadataFile.Import.Chunks;

/// <summary>What a file says of a chunk: which files refer to it, in NODE, and its record, in CHNK. Sorted, the record comes first, then the references by storage class.</summary>
internal sealed class ChunkNotes(IScratch scratch, int memory) : IDisposable
{
    private const int RecordKeyLength = sizeof(ulong);
    private const int ReferenceKeyLength = sizeof(ulong) + 1 + (2 * sizeof(uint));
    private const int ClassAt = sizeof(ulong);
    private const int InodeAt = ClassAt + 1;
    private const int IndexAt = InodeAt + sizeof(uint);
    private readonly RecordSorter sorter = new(scratch, memory);

    /// <summary>How many there are.</summary>
    public long Count => sorter.Count;

    /// <summary>Notes a chunk.</summary>
    public void AddChunk(ulong id, in ChunkFacts facts)
    {
        Span<byte> key = stackalloc byte[RecordKeyLength];
        BinaryPrimitives.WriteUInt64BigEndian(key, id);
        sorter.Add(key, MemoryMarshal.AsBytes(new ReadOnlySpan<ChunkFacts>(in facts)));
    }

    /// <summary>Notes that a slot of a file refers to a chunk.</summary>
    public void AddReference(ulong id, byte storageClass, uint inode, uint index)
    {
        Span<byte> key = stackalloc byte[ReferenceKeyLength];
        BinaryPrimitives.WriteUInt64BigEndian(key, id);
        key[ClassAt] = storageClass;
        BinaryPrimitives.WriteUInt32BigEndian(key[InodeAt..], inode);
        BinaryPrimitives.WriteUInt32BigEndian(key[IndexAt..], index);
        sorter.Add(key, []);
    }

    /// <summary>Gives memory back until the next ones are added.</summary>
    public void Pause() => sorter.Pause();

    /// <summary>All notes in order; none may be added any more.</summary>
    public SortedRecords Sort() => sorter.Sort();

    /// <summary>The chunk that a note is about.</summary>
    public static ulong IdOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key);

    /// <summary>Reads a reference; false when it is the chunk's record.</summary>
    public static bool TryReadReference(ReadOnlySpan<byte> key, out byte storageClass, out uint inode, out uint index)
    {
        (storageClass, inode, index) = (0, 0, 0);
        if (key.Length != ReferenceKeyLength)
        {
            return false;
        }

        storageClass = key[ClassAt];
        inode = BinaryPrimitives.ReadUInt32BigEndian(key[InodeAt..]);
        index = BinaryPrimitives.ReadUInt32BigEndian(key[IndexAt..]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => sorter.Dispose();
}

/// <summary>A chunk's record in CHNK.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ChunkFacts
{
    /// <summary>Where it is in the file.</summary>
    public long Offset;

    public uint Version;

    /// <summary>Unix seconds; 0 = not locked.</summary>
    public uint LockedUntil;

    public bool Archived;
}

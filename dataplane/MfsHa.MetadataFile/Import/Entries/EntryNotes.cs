using System.Buffers.Binary;
using MfsHa.Metadata.Kernel;
using MfsHa.MetadataFile.Import.Sorting;

namespace MfsHa.MetadataFile.Import.Entries;

/// <summary>Directory entries as a file has them, to be brought into both orders in which they are needed: by name and by edge id.</summary>
internal sealed class EntryNotes(IScratch scratch, int memory) : IDisposable
{
    /// <summary>Bytes of an entry's object and edge id, and of its place in the file, behind its name.</summary>
    public const int ByNameLength = sizeof(uint) + (2 * sizeof(ulong));

    /// <summary>Bytes of an entry's object and of its place in the file, before its name.</summary>
    public const int ByEdgeHeadLength = sizeof(uint) + sizeof(ulong);

    private const int MaxKeyLength = sizeof(uint) + Name.MaxLength;

    /// <summary>Key: directory and name. Value: object, edge id, place in the file.</summary>
    public RecordSorter ByName { get; } = new(scratch, memory);

    /// <summary>Key: directory and edge id. Value: object, place in the file, name.</summary>
    public RecordSorter ByEdge { get; } = new(scratch, memory);

    /// <summary>Notes an entry.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name, 1..255 bytes.</param>
    /// <param name="child">What it names.</param>
    /// <param name="edge">Its edge id.</param>
    /// <param name="offset">Where it is in the file.</param>
    public void Add(uint directory, ReadOnlySpan<byte> name, uint child, ulong edge, long offset)
    {
        Span<byte> key = stackalloc byte[MaxKeyLength];
        Span<byte> value = stackalloc byte[ByEdgeHeadLength + Name.MaxLength];
        BinaryPrimitives.WriteUInt32BigEndian(key, directory);
        name.CopyTo(key[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(value, child);
        BinaryPrimitives.WriteUInt64LittleEndian(value[sizeof(uint)..], edge);
        BinaryPrimitives.WriteInt64LittleEndian(value[(sizeof(uint) + sizeof(ulong))..], offset);
        ByName.Add(key[..(sizeof(uint) + name.Length)], value[..ByNameLength]);

        BinaryPrimitives.WriteUInt64BigEndian(key[sizeof(uint)..], edge);
        BinaryPrimitives.WriteInt64LittleEndian(value[sizeof(uint)..], offset);
        name.CopyTo(value[ByEdgeHeadLength..]);
        ByEdge.Add(key[..(sizeof(uint) + sizeof(ulong))], value[..(ByEdgeHeadLength + name.Length)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ByName.Dispose();
        ByEdge.Dispose();
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Import.Sorting;

namespace MfsHa.MetadataFile.Import.Chunks;

/// <summary>Pages of files' chunk tables.</summary>
internal sealed class PageNotes(IScratch scratch, int memory) : IDisposable
{
    private const int KeyLength = 2 * sizeof(uint);
    private readonly RecordSorter sorter = new(scratch, memory);

    /// <summary>How many there are.</summary>
    public long Count => sorter.Count;

    /// <summary>Notes a page.</summary>
    public void Add(uint inode, uint page, ReadOnlySpan<ulong> chunks)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        BinaryPrimitives.WriteUInt32BigEndian(key, inode);
        BinaryPrimitives.WriteUInt32BigEndian(key[sizeof(uint)..], page);
        sorter.Add(key, MemoryMarshal.AsBytes(chunks));
    }

    /// <summary>Gives memory back.</summary>
    public void Pause() => sorter.Pause();

    /// <summary>All pages in order.</summary>
    public IEnumerable<((uint Inode, uint Page) Key, ChunkPage Page)> All()
    {
        var sorted = sorter.Sort();
        while (sorted.Next())
        {
            yield return (Metadata.Kernel.UInt32PairKey.Read(sorted.Key), new ChunkPage(MemoryMarshal.Cast<byte, ulong>(sorted.Value).ToArray()));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => sorter.Dispose();
}

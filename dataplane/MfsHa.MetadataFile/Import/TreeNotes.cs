using MfsHa.MetadataFile.Import.Chunks;
using MfsHa.MetadataFile.Import.Entries;
using MfsHa.MetadataFile.Import.Objects;

namespace MfsHa.MetadataFile.Import;

/// <summary>What a file says of objects, entries and chunks: noted while it is read, and brought together when all of it is there.</summary>
internal sealed class TreeNotes(IScratch scratch, int memory) : IDisposable
{
    /// <summary>Of objects.</summary>
    public ObjectNotes Objects { get; } = new(scratch, memory);

    /// <summary>Of entries.</summary>
    public EntryNotes Entries { get; } = new(scratch, memory);

    /// <summary>Of chunks.</summary>
    public ChunkNotes Chunks { get; } = new(scratch, memory);

    /// <summary>Of chunk tables.</summary>
    public PageNotes Pages { get; } = new(scratch, memory);

    /// <summary>How many there are.</summary>
    public long Count => Objects.Count + Entries.ByName.Count + Entries.ByEdge.Count + Chunks.Count + Pages.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        Objects.Dispose();
        Entries.Dispose();
        Chunks.Dispose();
        Pages.Dispose();
    }
}

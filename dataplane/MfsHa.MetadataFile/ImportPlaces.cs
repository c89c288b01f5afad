using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile;

/// <summary>Where a metadata.mfs is read into. Everything is empty.</summary>
/// <param name="Shards">All shards of the new cluster by number. Everything is read into the first one.</param>
/// <param name="Bulk">The store of the first shard.</param>
/// <param name="System">The system group.</param>
/// <param name="Scratch">Room for about 350 bytes for each object.</param>
public sealed record ImportPlaces(IReadOnlyList<NamespaceState> Shards, IBulkStore Bulk, SystemState System, IScratch Scratch)
{
    /// <summary>Bytes of notes that are sorted in memory at once, of each of five kinds; more go to <see cref="Scratch"/>.</summary>
    public int SortMemory { get; init; } = 48 << 20;
}

namespace MfsHa.Demo.Model;

/// <summary>One chunkserver.</summary>
/// <param name="Number">1 and up.</param>
/// <param name="Node">The node that it is connected to; null: none.</param>
/// <param name="Chunks">Chunks on its disk, as it reported them.</param>
/// <param name="UsedBytes">Used space of its disk, as it reported it.</param>
public sealed record ChunkServerView(int Number, int? Node, ulong Chunks, ulong UsedBytes);

namespace MfsHa.Replication.Locations;

/// <summary>One copy (or part) of a chunk on one chunkserver, as reported.</summary>
/// <param name="ChunkId">Chunk id; the top byte is the number of the part, 0 for a full copy.</param>
/// <param name="Version">Version, below 2^31.</param>
/// <param name="Flags">What else was said about it.</param>
public readonly record struct ChunkCopy(ulong ChunkId, uint Version, ChunkFlags Flags = ChunkFlags.None);

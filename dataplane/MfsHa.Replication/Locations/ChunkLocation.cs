namespace MfsHa.Replication.Locations;

/// <summary>Where a copy (or part) of a chunk is.</summary>
/// <param name="Server">The chunkserver, as known when the location was looked up.</param>
/// <param name="Part">Number of the part (top byte of the chunk id on the wire), 0 for a full copy.</param>
/// <param name="Version">The version that the copy has; not necessarily the chunk's.</param>
/// <param name="Flags">What else was said about the copy.</param>
public readonly record struct ChunkLocation(ChunkServerStatus Server, byte Part, uint Version, ChunkFlags Flags);

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>How the entries of <see cref="ChunkLocations"/> are to be read.</summary>
public enum ChunkDataProtocol : byte
{
    None = 0,

    /// <summary>Every server has the whole chunk.</summary>
    Copies = 2,

    /// <summary>Server i has data part i of 4 or 8.</summary>
    ErasureCodedParts = 3,
}

/// <summary>A chunk and where it lies, as LOOKUP, READ_CHUNK and WRITE_CHUNK tell it.</summary>
/// <param name="ChunkId">0 for a hole; then version 0 and no servers.</param>
public readonly record struct ChunkLocations(
    ChunkDataProtocol Protocol, ulong ChunkId, uint Version, ReadOnlyMemory<ChunkLocation> Servers)
{
    /// <summary>Reads the servers out of the rest of the payload.</summary>
    internal static ReadOnlyMemory<ChunkLocation> ParseServers(ref PacketReader reader) =>
        reader.RestItems<ChunkLocation>();
}

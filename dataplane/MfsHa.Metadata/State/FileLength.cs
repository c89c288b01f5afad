namespace MfsHa.Metadata.State;

/// <summary>Arithmetic of lengths, chunks and the room they take on chunkservers (client-protocol 4.1).</summary>
public static class FileLength
{
    /// <summary>Bytes of a chunk.</summary>
    public const ulong ChunkSize = 1UL << ChunkBits;

    /// <summary>Bytes of a block, the unit in which chunks grow.</summary>
    public const ulong BlockSize = 1UL << 16;

    /// <summary>Bytes of a chunk's header on a chunkserver.</summary>
    public const long HeaderSize = 8192;

    /// <summary>Largest chunk index.</summary>
    public const uint MaxChunkIndex = 0x7FFF_FFFF;

    /// <summary>Bytes occupied by a chunk that is not a file's last.</summary>
    public const long OccupiedByFullChunk = (long)ChunkSize + HeaderSize;

    private const int ChunkBits = 26;

    /// <summary>Number of chunks that a length needs. May exceed <see cref="MaxChunkIndex"/> + 1: then the length is too large.</summary>
    public static ulong ChunksOf(ulong length) => length == 0 ? 0 : ((length - 1) >> ChunkBits) + 1;

    /// <summary>Index of the chunk that a file of that length ends in; 0 for an empty file.</summary>
    public static uint LastChunk(ulong length) => length == 0 ? 0 : (uint)Math.Min((length - 1) >> ChunkBits, uint.MaxValue);

    /// <summary>Bytes that the last chunk occupies.</summary>
    public static long OccupiedInLastChunk(ulong length) =>
        length == 0 ? HeaderSize : (long)((((length - 1) % ChunkSize) + BlockSize) & ~(BlockSize - 1)) + HeaderSize;

    /// <summary>Bytes that a chunk occupies in a file of that length; one that lies behind the length counts for nothing.</summary>
    public static long OccupiedInSlot(ulong length, uint index)
    {
        var last = LastChunk(length);
        return index < last ? OccupiedByFullChunk : index == last ? OccupiedInLastChunk(length) : 0;
    }

    /// <summary>True when no file may become that long.</summary>
    public static bool IsTooLong(ulong length) => ChunksOf(length) > (ulong)MaxChunkIndex + 1;

    /// <summary>The chunk that must be cut when a file gets this length, and at how many bytes; null when it ends between chunks.</summary>
    public static (uint Index, uint Bytes)? CutAt(ulong length) =>
        length % ChunkSize == 0 ? null : ((uint)(length >> ChunkBits), (uint)(length % ChunkSize));
}

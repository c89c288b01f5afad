using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.ChunkServer;

/// <summary>A copy that a chunkserver has, in its registration list or in CHUNK_NEW.</summary>
/// <param name="ChunkId">With the part number in the top byte (<see cref="ChunkIds"/>).</param>
/// <param name="MarkedForRemoval">The copy's disk is to be emptied (bit 31 of the version on the wire).</param>
public readonly record struct ChunkReport(ulong ChunkId, uint Version, bool MarkedForRemoval) : IPackedItem<ChunkReport>
{
    private const uint RemovalBit = 0x8000_0000;

    public static int Size => 12;

    public static ChunkReport Read(ReadOnlySpan<byte> source)
    {
        uint version = BinaryPrimitives.ReadUInt32BigEndian(source[8..]);
        return new(BinaryPrimitives.ReadUInt64BigEndian(source), version & ~RemovalBit, (version & RemovalBit) != 0);
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, ChunkId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], MarkedForRemoval ? Version | RemovalBit : Version);
    }
}

/// <summary>A chunk id in a list of damaged, lost or missing chunks.</summary>
public readonly record struct PackedChunkId(ulong ChunkId) : IPackedItem<PackedChunkId>
{
    public static int Size => 8;

    public static PackedChunkId Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt64BigEndian(source));

    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, ChunkId);
}

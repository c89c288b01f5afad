using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.ChunkServer;

/// <summary>Where a part or copy of a chunk is fetched from.</summary>
/// <param name="Ip">First octet in the high byte.</param>
/// <param name="ChunkId">With the part number in the top byte (<see cref="ChunkIds"/>).</param>
public readonly record struct ReplicationSource(uint Ip, ushort Port, ulong ChunkId) : IPackedItem<ReplicationSource>
{
    public static int Size => 14;

    public static ReplicationSource Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32BigEndian(source),
        BinaryPrimitives.ReadUInt16BigEndian(source[4..]),
        BinaryPrimitives.ReadUInt64BigEndian(source[6..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Ip);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], Port);
        BinaryPrimitives.WriteUInt64BigEndian(destination[6..], ChunkId);
    }
}

/// <summary>Makes one data part out of a full copy. Chunkservers from 4.0 on.</summary>
/// <param name="PartNumber">0 to <paramref name="Parts"/> - 1.</param>
/// <param name="Parts">4 or 8.</param>
public readonly record struct ReplicateSplitCommand(
    ulong ChunkId, uint Version, ReplicationSource Source, byte PartNumber, byte Parts)
{
    public static ReplicateSplitCommand Parse(ref PacketReader reader)
    {
        var command = new ReplicateSplitCommand(
            reader.U64(), reader.U32(), reader.Item<ReplicationSource>(), reader.U8(), reader.U8());
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ReplicateSplit);
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.Item(Source);
        writer.U8(PartNumber);
        writer.U8(Parts);
        writer.End();
    }
}

/// <summary>Rebuilds a part out of others. Chunkservers from 4.0 on.</summary>
/// <param name="Sources">4 or 8 parts.</param>
public readonly record struct ReplicateRecoverCommand(
    ulong ChunkId, uint Version, uint Mask1, uint Mask2, uint Mask3, uint Mask4, ReadOnlyMemory<ReplicationSource> Sources)
{
    private const int FourParts = 4;

    /// <summary>The command with the masks that belong to the number of sources.</summary>
    public static ReplicateRecoverCommand Of(ulong chunkId, uint version, ReadOnlyMemory<ReplicationSource> sources) =>
        sources.Length == FourParts
            ? new(chunkId, version, 0x8888, 0x4444, 0x2222, 0x1111, sources)
            : new(chunkId, version, 0x88888888, 0x44444444, 0x22222222, 0x11111111, sources);

    public static ReplicateRecoverCommand Parse(ref PacketReader reader)
    {
        var command = new ReplicateRecoverCommand(
            reader.U64(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.Items<ReplicationSource>(reader.U8()));
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ReplicateRecover);
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.U32(Mask1);
        writer.U32(Mask2);
        writer.U32(Mask3);
        writer.U32(Mask4);
        writer.U8(checked((byte)Sources.Length));
        writer.Items(Sources.Span);
        writer.End();
    }
}

/// <summary>Makes a full copy out of all data parts. Chunkservers from 4.0 on.</summary>
/// <param name="Sources">4 or 8 data parts, in order.</param>
public readonly record struct ReplicateJoinCommand(ulong ChunkId, uint Version, ReadOnlyMemory<ReplicationSource> Sources)
{
    public static ReplicateJoinCommand Parse(ref PacketReader reader)
    {
        var command = new ReplicateJoinCommand(reader.U64(), reader.U32(), reader.Items<ReplicationSource>(reader.U8()));
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ReplicateJoin);
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.U8(checked((byte)Sources.Length));
        writer.Items(Sources.Span);
        writer.End();
    }
}

/// <summary>Makes parts out of the full copy on the same chunkserver. Chunkservers from 4.0 on.</summary>
/// <param name="MissingMask">Bit i: make part i.</param>
/// <param name="Parts">Only to chunkservers from 4.25 on; null: 8.</param>
public readonly record struct LocalSplitCommand(ulong ChunkId, uint Version, uint MissingMask, byte? Parts)
{
    public static LocalSplitCommand Parse(ref PacketReader reader)
    {
        var command = new LocalSplitCommand(
            reader.U64(), reader.U32(), reader.U32(), reader.Remaining > 0 ? reader.U8() : null);
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.LocalSplit);
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.U32(MissingMask);
        if (Parts is { } parts)
        {
            writer.U8(parts);
        }

        writer.End();
    }
}

/// <summary>
/// Asks for a chunk to be listed early, while a chunkserver from 4.30 on still lists (<see cref="PacketType.RegisterFirst"/>), or for its
/// state (<see cref="PacketType.ChunkStatusRequest"/>, from 4.32 on).
/// </summary>
public readonly record struct ChunkQuestion(ulong ChunkId)
{
    public static ChunkQuestion Parse(ref PacketReader reader)
    {
        var question = new ChunkQuestion(reader.U64());
        reader.End();
        return question;
    }

    public void Write(ref PacketWriter writer, PacketType type)
    {
        writer.Begin(type);
        writer.U64(ChunkId);
        writer.End();
    }
}

/// <summary>One copy or part of a chunk on the chunkserver that was asked.</summary>
/// <param name="Blocks">Blocks of 64 KiB.</param>
public readonly record struct ChunkPartStatus(byte Part, bool Damaged, ushort Blocks, uint Version) : IPackedItem<ChunkPartStatus>
{
    public static int Size => 8;

    public static ChunkPartStatus Read(ReadOnlySpan<byte> source) => new(
        source[0],
        source[1] != 0,
        BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
        BinaryPrimitives.ReadUInt32BigEndian(source[4..]));

    public void Write(Span<byte> destination)
    {
        destination[0] = Part;
        destination[1] = Damaged ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Blocks);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Version);
    }
}

/// <summary>CHUNK_STATUS; a busy chunk gets none.</summary>
public readonly record struct ChunkStatusReport(ulong ChunkId, PackedList<ChunkPartStatus> Parts)
{
    public static ChunkStatusReport Parse(ref PacketReader reader) => new(reader.U64(), reader.RestPacked<ChunkPartStatus>());

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunkStatus);
        writer.U64(ChunkId);
        writer.Bytes(Parts.Bytes.Span);
        writer.End();
    }
}

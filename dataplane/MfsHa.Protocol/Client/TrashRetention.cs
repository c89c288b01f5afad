using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_gettrashretention`.</summary>
public readonly record struct GetTrashRetentionRequest(uint Inode, GetMode Mode) : IClientRequest<GetTrashRetentionRequest>
{
    public static PacketType Type => PacketType.GetTrashRetention;

    public static GetTrashRetentionRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetTrashRetentionRequest(reader.U32(), (GetMode)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U8((byte)Mode);
    }
}

/// <summary>How many objects have a retention.</summary>
public readonly record struct RetentionCount(uint Seconds, uint Count) : IPackedItem<RetentionCount>
{
    public static int Size => 8;

    public static RetentionCount Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt32BigEndian(source[4..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Seconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Count);
    }
}

public readonly record struct GetTrashRetentionReply(
    ReadOnlyMemory<RetentionCount> Files, ReadOnlyMemory<RetentionCount> Directories) : IClientReply<GetTrashRetentionReply>
{
    public static PacketType Type => PacketType.GetTrashRetentionReply;

    public static GetTrashRetentionReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (uint files, uint directories) = (reader.U32(), reader.U32());
        var reply = new GetTrashRetentionReply(
            reader.Items<RetentionCount>(files), reader.Items<RetentionCount>(directories));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U32((uint)Files.Length);
        writer.U32((uint)Directories.Length);
        writer.Items(Files.Span);
        writer.Items(Directories.Span);
    }
}

/// <summary>`matoclserv_fuse_settrashretention`.</summary>
/// <param name="Seconds">Kept in whole hours, rounded up.</param>
public readonly record struct SetTrashRetentionRequest(uint Inode, uint Uid, uint Seconds, SetModes Mode)
    : IClientRequest<SetTrashRetentionRequest>
{
    public static PacketType Type => PacketType.SetTrashRetention;

    public static SetTrashRetentionRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SetTrashRetentionRequest(reader.U32(), reader.U32(), reader.U32(), (SetModes)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(Uid);
        writer.U32(Seconds);
        writer.U8((byte)Mode);
    }
}

public readonly record struct SetTrashRetentionReply(ChangeCounts Counts) : IClientReply<SetTrashRetentionReply>
{
    public static PacketType Type => PacketType.SetTrashRetentionReply;

    public static SetTrashRetentionReply Parse(ref PacketReader reader, PeerVersion client) => new(ChangeCounts.Parse(ref reader));

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => Counts.Write(ref writer);
}

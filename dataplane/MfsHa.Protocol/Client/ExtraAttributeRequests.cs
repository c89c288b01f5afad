using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_geteattr`.</summary>
public readonly record struct GetExtraAttributesRequest(uint Inode, GetMode Mode) : IClientRequest<GetExtraAttributesRequest>
{
    public static PacketType Type => PacketType.GetExtraAttributes;

    public static GetExtraAttributesRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetExtraAttributesRequest(reader.U32(), (GetMode)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U8((byte)Mode);
    }
}

/// <summary>How many objects have exactly these extra attributes.</summary>
public readonly record struct ExtraAttributesCount(ExtraAttributes Attributes, uint Count) : IPackedItem<ExtraAttributesCount>
{
    public static int Size => 5;

    public static ExtraAttributesCount Read(ReadOnlySpan<byte> source) => new(
        (ExtraAttributes)source[0], BinaryPrimitives.ReadUInt32BigEndian(source[1..]));

    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Attributes;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], Count);
    }
}

/// <summary>At most 255 entries each.</summary>
public readonly record struct GetExtraAttributesReply(
    ReadOnlyMemory<ExtraAttributesCount> Files, ReadOnlyMemory<ExtraAttributesCount> Directories)
    : IClientReply<GetExtraAttributesReply>
{
    public static PacketType Type => PacketType.GetExtraAttributesReply;

    public static GetExtraAttributesReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (byte files, byte directories) = (reader.U8(), reader.U8());
        var reply = new GetExtraAttributesReply(
            reader.Items<ExtraAttributesCount>(files), reader.Items<ExtraAttributesCount>(directories));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U8(checked((byte)Files.Length));
        writer.U8(checked((byte)Directories.Length));
        writer.Items(Files.Span);
        writer.Items(Directories.Span);
    }
}

/// <summary>`matoclserv_fuse_seteattr`.</summary>
public readonly record struct SetExtraAttributesRequest(uint Inode, uint Uid, ExtraAttributes Attributes, SetModes Mode)
    : IClientRequest<SetExtraAttributesRequest>
{
    public static PacketType Type => PacketType.SetExtraAttributes;

    public static SetExtraAttributesRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SetExtraAttributesRequest(
            reader.U32(), reader.U32(), (ExtraAttributes)reader.U8(), (SetModes)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(Uid);
        writer.U8((byte)Attributes);
        writer.U8((byte)Mode);
    }
}

public readonly record struct SetExtraAttributesReply(ChangeCounts Counts) : IClientReply<SetExtraAttributesReply>
{
    public static PacketType Type => PacketType.SetExtraAttributesReply;

    public static SetExtraAttributesReply Parse(ref PacketReader reader, PeerVersion client) => new(ChangeCounts.Parse(ref reader));

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => Counts.Write(ref writer);
}

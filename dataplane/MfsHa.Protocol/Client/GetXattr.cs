using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_getxattr`.</summary>
/// <param name="Name">Empty: list the names.</param>
public readonly record struct GetXattrRequest(
    uint Inode, ReadOnlyMemory<byte> Name, XattrGetMode Mode, bool Opened, Credentials Caller)
    : IClientRequest<GetXattrRequest>
{
    public static PacketType Type => PacketType.GetXattr;

    public static GetXattrRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetXattrRequest(
            reader.U32(), reader.Name8(), (XattrGetMode)reader.U8(), reader.Bool(), reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.Name8(Name.Span);
        writer.U8((byte)Mode);
        writer.Bool(Opened);
        writer.Credentials(Caller);
    }
}

/// <param name="Length">Bytes of the value or of the list.</param>
/// <param name="Value">The value, or NUL-terminated names; null when only the length was asked for.</param>
public readonly record struct GetXattrReply(uint Length, ReadOnlyMemory<byte>? Value) : IClientReply<GetXattrReply>
{
    public static PacketType Type => PacketType.GetXattrReply;

    public static GetXattrReply Parse(ref PacketReader reader, PeerVersion client)
    {
        uint length = reader.U32();
        if (reader.Remaining == 0)
        {
            return new(length, length == 0 ? ReadOnlyMemory<byte>.Empty : (ReadOnlyMemory<byte>?)null);
        }

        if (length != (uint)reader.Remaining)
        {
            reader.Fail($"a value of {length} bytes", $"{reader.Remaining} bytes");
        }

        return new(length, reader.Rest());
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U32(Length);
        if (Value is { } value)
        {
            writer.Bytes(value.Span);
        }
    }
}

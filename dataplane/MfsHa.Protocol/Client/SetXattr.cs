using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Answered by a status (`matoclserv_fuse_setxattr`).</summary>
public readonly record struct SetXattrRequest(
    uint Inode, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value, XattrSetMode Mode, bool Opened, Credentials Caller)
    : IClientRequest<SetXattrRequest>
{
    /// <summary>Longest value in bytes; stock masters close the connection above it.</summary>
    public const int MaxValueLength = 65536;

    public static PacketType Type => PacketType.SetXattr;

    public static SetXattrRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SetXattrRequest(
            reader.U32(),
            reader.Name8(),
            reader.Str32(MaxValueLength),
            (XattrSetMode)reader.U8(),
            reader.Bool(),
            reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.Name8(Name.Span);
        writer.Str32(Value.Span);
        writer.U8((byte)Mode);
        writer.Bool(Opened);
        writer.Credentials(Caller);
    }
}

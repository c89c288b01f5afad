using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Resolves a path without following symlinks; sent by libmfsio programs (`matoclserv_path_lookup`).</summary>
public readonly record struct PathLookupRequest(uint BaseInode, ReadOnlyMemory<byte> Path, Credentials Caller)
    : IClientRequest<PathLookupRequest>
{
    public static PacketType Type => PacketType.PathLookup;

    public static PathLookupRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new PathLookupRequest(reader.U32(), reader.Str32(), reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(BaseInode);
        writer.Str32(Path.Span);
        writer.Credentials(Caller);
    }
}

/// <param name="Parent">0 when the path is empty or ends in "." or "..".</param>
/// <param name="LastInode">0 when the last component is missing; the attributes are zeros then.</param>
public readonly record struct PathLookupReply(
    uint Parent, ReadOnlyMemory<byte> LastName, uint LastInode, AttributeRecord Attributes) : IClientReply<PathLookupReply>
{
    public static PacketType Type => PacketType.PathLookupReply;

    public static PathLookupReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new PathLookupReply(
            reader.U32(), reader.Name8(), reader.U32(), AttributeRecord.Parse(ref reader, client));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U32(Parent);
        writer.Name8(LastName.Span);
        writer.U32(LastInode);
        Attributes.Write(ref writer, client);
    }
}

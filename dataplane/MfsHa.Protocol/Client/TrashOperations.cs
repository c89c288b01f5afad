using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Where a deleted file would be recovered to (`matoclserv_fuse_gettrashpath`).</summary>
public readonly record struct GetTrashPathRequest(uint Inode) : IClientRequest<GetTrashPathRequest>
{
    public static PacketType Type => PacketType.GetTrashPath;

    public static GetTrashPathRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetTrashPathRequest(reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U32(Inode);
}

/// <param name="Path">Without the NUL that ends it on the wire.</param>
public readonly record struct GetTrashPathReply(ReadOnlyMemory<byte> Path) : IClientReply<GetTrashPathReply>
{
    public static PacketType Type => PacketType.GetTrashPathReply;

    public static GetTrashPathReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new GetTrashPathReply(ZeroTerminated.Parse(ref reader));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => writer.Str32Z(Path.Span);
}

/// <summary>Answered by a status (`matoclserv_fuse_settrashpath`).</summary>
/// <param name="Path">As sent, with its NUL.</param>
public readonly record struct SetTrashPathRequest(uint Inode, ReadOnlyMemory<byte> Path) : IClientRequest<SetTrashPathRequest>
{
    public static PacketType Type => PacketType.SetTrashPath;

    /// <summary>The path without trailing NULs.</summary>
    public ReadOnlyMemory<byte> TrimmedPath => Path[..Path.Span.TrimEnd((byte)0).Length];

    public static SetTrashPathRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SetTrashPathRequest(reader.U32(), reader.Str32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.Str32(Path.Span);
    }
}

/// <summary>Recovers a deleted file. Answered by a status (`matoclserv_fuse_undel`).</summary>
public readonly record struct UndeleteRequest(uint Inode) : IClientRequest<UndeleteRequest>
{
    public static PacketType Type => PacketType.Undelete;

    public static UndeleteRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new UndeleteRequest(reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U32(Inode);
}

/// <summary>Removes a deleted file for good. Answered by a status (`matoclserv_fuse_purge`).</summary>
public readonly record struct PurgeRequest(uint Inode) : IClientRequest<PurgeRequest>
{
    public static PacketType Type => PacketType.Purge;

    public static PurgeRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new PurgeRequest(reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U32(Inode);
}

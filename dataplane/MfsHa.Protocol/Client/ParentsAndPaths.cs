using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Asks for the directories that hold an object (`matoclserv_fuse_parents`).</summary>
public readonly record struct ParentsRequest(uint Inode) : IClientRequest<ParentsRequest>
{
    public static PacketType Type => PacketType.Parents;

    public static ParentsRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new ParentsRequest(reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U32(Inode);
}

/// <param name="Inodes">One per name of the object.</param>
public readonly record struct ParentsReply(ReadOnlyMemory<PackedInode> Inodes) : IClientReply<ParentsReply>
{
    public static PacketType Type => PacketType.ParentsReply;

    public static ParentsReply Parse(ref PacketReader reader, PeerVersion client) => new(reader.RestItems<PackedInode>());

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => writer.Items(Inodes.Span);
}

/// <summary>Asks for the paths of an object (`matoclserv_fuse_paths`).</summary>
public readonly record struct PathsRequest(uint Inode) : IClientRequest<PathsRequest>
{
    public static PacketType Type => PacketType.Paths;

    public static PathsRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new PathsRequest(reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U32(Inode);
}

/// <param name="Paths">Relative to the session's root; "./TRASH (path)" and "./SUSTAINED (path)" for deleted files.</param>
public readonly record struct PathsReply(IReadOnlyList<ReadOnlyMemory<byte>> Paths) : IClientReply<PathsReply>
{
    public static PacketType Type => PacketType.PathsReply;

    public static PathsReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var paths = new List<ReadOnlyMemory<byte>>();
        while (reader.Remaining > 0)
        {
            paths.Add(reader.Str32());
        }

        return new(paths);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        foreach (ReadOnlyMemory<byte> path in Paths)
        {
            writer.Str32(path.Span);
        }
    }
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_lookup`. "." and ".." are valid names.</summary>
public readonly record struct LookupRequest(uint Parent, ReadOnlyMemory<byte> Name, Credentials Caller)
    : IClientRequest<LookupRequest>
{
    public static PacketType Type => PacketType.Lookup;

    public static LookupRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new LookupRequest(reader.U32(), reader.Name8(), reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Parent);
        writer.Name8(Name.Span);
        writer.Credentials(Caller);
    }
}

/// <param name="Flags">Access bits and hints; <see cref="LookupFlags.HasChunk"/> is added when <paramref name="Chunk"/> is given.</param>
/// <param name="Chunk">Locations of chunk 0, which save the client a READ_CHUNK.</param>
public readonly record struct LookupReply(uint Inode, AttributeRecord Attributes, LookupFlags Flags, ChunkLocations? Chunk = null)
    : IClientReply<LookupReply>
{
    public static PacketType Type => PacketType.LookupReply;

    public static LookupReply Parse(ref PacketReader reader, PeerVersion client)
    {
        uint inode = reader.U32();
        AttributeRecord attributes = AttributeRecord.Parse(ref reader, client);
        var flags = (LookupFlags)reader.U16();
        ChunkLocations? chunk = null;
        if ((flags & LookupFlags.HasChunk) != 0)
        {
            chunk = new ChunkLocations(
                (ChunkDataProtocol)reader.U8(), reader.U64(), reader.U32(), ChunkLocations.ParseServers(ref reader));
        }

        reader.End();
        return new(inode, attributes, flags, chunk);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U32(Inode);
        Attributes.Write(ref writer, client);
        if (Chunk is not { } chunk)
        {
            writer.U16((ushort)(Flags & ~LookupFlags.HasChunk));
            return;
        }

        writer.U16((ushort)(Flags | LookupFlags.HasChunk));
        writer.U8((byte)chunk.Protocol);
        writer.U64(chunk.ChunkId);
        writer.U32(chunk.Version);
        writer.Items(chunk.Servers.Span);
    }
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Asks for the children of a directory or the chunks of a file, in pages (`matoclserv_node_info`).</summary>
/// <param name="ContinueId">0: from the start.</param>
public readonly record struct NodeInfoRequest(uint Inode, uint MaxEntries, ulong ContinueId) : IClientRequest<NodeInfoRequest>
{
    public static PacketType Type => PacketType.NodeInfo;

    public static NodeInfoRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new NodeInfoRequest(reader.U32(), reader.U32(), reader.U64());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(MaxEntries);
        writer.U64(ContinueId);
    }
}

/// <summary>What a NODE_INFO reply is about.</summary>
public enum NodeInfoKind : ushort
{
    Other = 0,
    Directory = 1,

    /// <summary>Last byte of a chunk: copies.</summary>
    File = 2,

    /// <summary>Last byte of a chunk: eighths of copies. Clients from 4.0 on.</summary>
    FileInEighths = 3,
}

/// <param name="Redundancy">Copies, or eighths of them.</param>
public readonly record struct NodeInfoChunk(ulong ChunkId, uint Size, byte Redundancy);

/// <param name="ContinueId">0: finished.</param>
/// <param name="FileLength">Bytes; files only.</param>
public readonly record struct NodeInfoReply(
    NodeInfoKind Kind,
    ulong ContinueId,
    ulong FileLength,
    ReadOnlyMemory<PackedInode> Children,
    ReadOnlyMemory<NodeInfoChunk> Chunks) : IClientReply<NodeInfoReply>
{
    private const int ChunkSize = 13;

    public static PacketType Type => PacketType.NodeInfoReply;

    public static NodeInfoReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var kind = (NodeInfoKind)reader.U16();
        NodeInfoReply reply = kind switch
        {
            NodeInfoKind.Other => default,
            NodeInfoKind.Directory => new(kind, reader.U64(), 0, reader.RestItems<PackedInode>(), default),
            NodeInfoKind.File or NodeInfoKind.FileInEighths =>
                new(kind, reader.U64(), reader.U64(), default, ParseChunks(ref reader)),
            _ => throw new MalformedPacketException("a kind of 0 to 3", $"{(ushort)kind}", reader.Position),
        };
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U16((ushort)Kind);
        if (Kind == NodeInfoKind.Other)
        {
            return;
        }

        writer.U64(ContinueId);
        if (Kind == NodeInfoKind.Directory)
        {
            writer.Items(Children.Span);
            return;
        }

        writer.U64(FileLength);
        foreach (ref readonly NodeInfoChunk chunk in Chunks.Span)
        {
            writer.U64(chunk.ChunkId);
            writer.U32(chunk.Size);
            writer.U8(chunk.Redundancy);
        }
    }

    private static NodeInfoChunk[] ParseChunks(ref PacketReader reader)
    {
        var chunks = new NodeInfoChunk[reader.Remaining / ChunkSize];
        foreach (ref NodeInfoChunk chunk in chunks.AsSpan())
        {
            chunk = new(reader.U64(), reader.U32(), reader.U8());
        }

        return chunks;
    }
}

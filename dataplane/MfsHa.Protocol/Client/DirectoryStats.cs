using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_getdirstats`.</summary>
public readonly record struct GetDirectoryStatsRequest(uint Inode) : IClientRequest<GetDirectoryStatsRequest>
{
    public static PacketType Type => PacketType.GetDirectoryStats;

    public static GetDirectoryStatsRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetDirectoryStatsRequest(reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U32(Inode);
}

/// <summary>What lies below a directory. Tools of all versions take both forms.</summary>
/// <param name="Size">Bytes of chunks, counted once.</param>
/// <param name="RealSize">Bytes of all copies.</param>
/// <param name="LegacyForm">The form of 3.x masters, with unused fields.</param>
public readonly record struct GetDirectoryStatsReply(
    uint Inodes, uint Directories, uint Files, uint Chunks, ulong Length, ulong Size, ulong RealSize, bool LegacyForm = false)
    : IClientReply<GetDirectoryStatsReply>
{
    private const int LegacyBody = 56;

    public static PacketType Type => PacketType.GetDirectoryStatsReply;

    public static GetDirectoryStatsReply Parse(ref PacketReader reader, PeerVersion client)
    {
        bool legacy = reader.Remaining == LegacyBody;
        (uint inodes, uint directories, uint files) = (reader.U32(), reader.U32(), reader.U32());
        if (legacy)
        {
            reader.Span(2 * sizeof(uint));
        }

        uint chunks = reader.U32();
        if (legacy)
        {
            reader.Span(2 * sizeof(uint));
        }

        var reply = new GetDirectoryStatsReply(
            inodes, directories, files, chunks, reader.U64(), reader.U64(), reader.U64(), legacy);
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U32(Inodes);
        writer.U32(Directories);
        writer.U32(Files);
        if (LegacyForm)
        {
            writer.Zeros(2 * sizeof(uint));
        }

        writer.U32(Chunks);
        if (LegacyForm)
        {
            writer.Zeros(2 * sizeof(uint));
        }

        writer.U64(Length);
        writer.U64(Size);
        writer.U64(RealSize);
    }
}

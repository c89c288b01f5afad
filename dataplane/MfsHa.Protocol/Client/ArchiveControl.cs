using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_archctl`.</summary>
/// <param name="Uid">Absent when only reading.</param>
public readonly record struct ArchiveControlRequest(uint Inode, ArchiveCommand Command, uint? Uid)
    : IClientRequest<ArchiveControlRequest>
{
    public static PacketType Type => PacketType.ArchiveControl;

    public static ArchiveControlRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new ArchiveControlRequest(
            reader.U32(), (ArchiveCommand)reader.U8(), reader.Remaining > 0 ? reader.U32() : null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U8((byte)Command);
        if (Uid is { } uid)
        {
            writer.U32(uid);
        }
    }
}

/// <summary>Answers <see cref="ArchiveCommand.Get"/>.</summary>
public readonly record struct ArchiveStateReply(
    ulong ArchivedChunks, ulong OtherChunks, uint ArchivedInodes, uint PartialInodes, uint OtherInodes)
    : IClientReply<ArchiveStateReply>
{
    public static PacketType Type => PacketType.ArchiveControlReply;

    public static ArchiveStateReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new ArchiveStateReply(reader.U64(), reader.U64(), reader.U32(), reader.U32(), reader.U32());
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U64(ArchivedChunks);
        writer.U64(OtherChunks);
        writer.U32(ArchivedInodes);
        writer.U32(PartialInodes);
        writer.U32(OtherInodes);
    }
}

/// <summary>Answers <see cref="ArchiveCommand.Set"/> and <see cref="ArchiveCommand.Clear"/>: chunks, and inodes not permitted.</summary>
public readonly record struct ArchiveChangeReply(ulong Changed, ulong NotChanged, uint NotPermitted)
    : IClientReply<ArchiveChangeReply>
{
    public static PacketType Type => PacketType.ArchiveControlReply;

    public static ArchiveChangeReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new ArchiveChangeReply(reader.U64(), reader.U64(), reader.U32());
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U64(Changed);
        writer.U64(NotChanged);
        writer.U32(NotPermitted);
    }
}

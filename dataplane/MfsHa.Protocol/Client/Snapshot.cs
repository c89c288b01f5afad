using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Copies a subtree by sharing its chunks, or removes such a copy. Answered by a status (`matoclserv_fuse_snapshot`).</summary>
/// <param name="SourceInode">0 with <see cref="SnapshotModes.Delete"/>.</param>
public readonly record struct SnapshotRequest(
    uint SourceInode,
    uint DestinationParent,
    ReadOnlyMemory<byte> DestinationName,
    Credentials Caller,
    SnapshotModes Mode,
    ushort Umask) : IClientRequest<SnapshotRequest>
{
    public static PacketType Type => PacketType.Snapshot;

    public static SnapshotRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SnapshotRequest(
            reader.U32(),
            reader.U32(),
            reader.Name8(),
            reader.Credentials(),
            (SnapshotModes)reader.U8(),
            reader.U16());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(SourceInode);
        writer.U32(DestinationParent);
        writer.Name8(DestinationName.Span);
        writer.Credentials(Caller);
        writer.U8((byte)Mode);
        writer.U16(Umask);
    }
}

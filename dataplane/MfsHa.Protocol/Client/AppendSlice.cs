using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Appends chunks of one file to another (mfsappendchunks). Answered by a status (`matoclserv_fuse_append_slice`).</summary>
/// <param name="From">First chunk index of the source; from the end with <see cref="AppendSliceFlags.FromIsNegative"/>.</param>
/// <param name="To">First index behind the slice.</param>
public readonly record struct AppendSliceRequest(
    AppendSliceFlags Flags, uint Inode, uint SourceInode, uint From, uint To, Credentials Caller)
    : IClientRequest<AppendSliceRequest>
{
    public static PacketType Type => PacketType.AppendSlice;

    public static AppendSliceRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new AppendSliceRequest(
            (AppendSliceFlags)reader.U8(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U8((byte)Flags);
        writer.U32(Inode);
        writer.U32(SourceInode);
        writer.U32(From);
        writer.U32(To);
        writer.Credentials(Caller);
    }
}

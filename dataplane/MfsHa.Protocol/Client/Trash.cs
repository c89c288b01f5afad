using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Lists deleted files; sessions on the meta file system only (`matoclserv_fuse_gettrash`).</summary>
/// <param name="Bucket">inode % 4096; from 4096 on, or absent: all.</param>
public readonly record struct GetTrashRequest(uint? Bucket) : IClientRequest<GetTrashRequest>
{
    public static PacketType Type => PacketType.GetTrash;

    public static GetTrashRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetTrashRequest(reader.Remaining > 0 ? reader.U32() : null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        if (Bucket is { } bucket)
        {
            writer.U32(bucket);
        }
    }
}

/// <param name="Name">The path with '/' replaced by '|', cut to 240 bytes.</param>
public readonly record struct DeletedEntry(ReadOnlyMemory<byte> Name, uint Inode);

public readonly record struct GetTrashReply(IReadOnlyList<DeletedEntry> Entries) : IClientReply<GetTrashReply>
{
    public static PacketType Type => PacketType.GetTrashReply;

    public static GetTrashReply Parse(ref PacketReader reader, PeerVersion client) => new(DeletedEntries.Parse(ref reader));

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => DeletedEntries.Write(ref writer, Entries);
}

/// <summary>Lists deleted files that are still open; sessions on the meta file system only (`matoclserv_fuse_getsustained`).</summary>
/// <param name="Bucket">inode % 256; from 256 on, or absent: all.</param>
public readonly record struct GetSustainedRequest(uint? Bucket) : IClientRequest<GetSustainedRequest>
{
    public static PacketType Type => PacketType.GetSustained;

    public static GetSustainedRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetSustainedRequest(reader.Remaining > 0 ? reader.U32() : null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        if (Bucket is { } bucket)
        {
            writer.U32(bucket);
        }
    }
}

public readonly record struct GetSustainedReply(IReadOnlyList<DeletedEntry> Entries) : IClientReply<GetSustainedReply>
{
    public static PacketType Type => PacketType.GetSustainedReply;

    public static GetSustainedReply Parse(ref PacketReader reader, PeerVersion client) => new(DeletedEntries.Parse(ref reader));

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => DeletedEntries.Write(ref writer, Entries);
}

/// <summary>Which deleted files a request means.</summary>
public enum DetachedKind : byte
{
    Any = 0,
    Trash = 1,
    Sustained = 2,
}

/// <summary>Attributes of a deleted file (`matoclserv_fuse_getdetachedattr`).</summary>
public readonly record struct GetDetachedAttributesRequest(uint Inode, DetachedKind? Kind)
    : IClientRequest<GetDetachedAttributesRequest>
{
    public static PacketType Type => PacketType.GetDetachedAttributes;

    public static GetDetachedAttributesRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetDetachedAttributesRequest(
            reader.U32(), reader.Remaining > 0 ? (DetachedKind)reader.U8() : null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        if (Kind is { } kind)
        {
            writer.U8((byte)kind);
        }
    }
}

public readonly record struct GetDetachedAttributesReply(AttributeRecord Attributes) : IClientReply<GetDetachedAttributesReply>
{
    public static PacketType Type => PacketType.GetDetachedAttributesReply;

    public static GetDetachedAttributesReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new GetDetachedAttributesReply(AttributeRecord.Parse(ref reader, client));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => Attributes.Write(ref writer, client);
}

/// <summary>Lists of deleted files: `N*[name8 inode:u32]`.</summary>
internal static class DeletedEntries
{
    public static List<DeletedEntry> Parse(ref PacketReader reader)
    {
        var entries = new List<DeletedEntry>();
        while (reader.Remaining > 0)
        {
            entries.Add(new(reader.Name8(), reader.U32()));
        }

        return entries;
    }

    public static void Write(ref PacketWriter writer, IReadOnlyList<DeletedEntry> entries)
    {
        foreach (DeletedEntry entry in entries)
        {
            writer.Name8(entry.Name.Span);
            writer.U32(entry.Inode);
        }
    }
}

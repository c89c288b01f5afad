using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_readdir`.</summary>
/// <param name="MaxEntries">0xFFFFFFFF: the whole directory.</param>
/// <param name="Cursor">0: from the start; else what the reply before said.</param>
public readonly record struct ReadDirectoryRequest(
    uint Inode, Credentials Caller, ReadDirectoryFlags Flags, uint MaxEntries, ulong Cursor)
    : IClientRequest<ReadDirectoryRequest>
{
    public static PacketType Type => PacketType.ReadDirectory;

    public static ReadDirectoryRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new ReadDirectoryRequest(
            reader.U32(), reader.Credentials(), (ReadDirectoryFlags)reader.U8(), reader.U32(), reader.U64());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.Credentials(Caller);
        writer.U8((byte)Flags);
        writer.U32(MaxEntries);
        writer.U64(Cursor);
    }
}

/// <summary>
/// A page of a directory: `cursor:u64` and entries `name8 inode:u32` followed by the type or by attributes, as the request's
/// <see cref="ReadDirectoryFlags.WithAttributes"/> says. Written entry by entry, as it may be large:
/// <see cref="Begin"/>, <see cref="Entry(ref PacketWriter, ReadOnlySpan{byte}, uint, NodeType)"/>..., <see cref="End"/>.
/// </summary>
public static class ReadDirectoryReply
{
    /// <summary>The cursor that says that no more entries follow.</summary>
    public const ulong EndCursor = 0x7FFF_FFFF_FFFF_FFFF;

    private const int CursorOffset = PacketHeader.MessageIdSize;

    public static void Begin(ref PacketWriter writer, uint messageId)
    {
        writer.Begin(PacketType.ReadDirectoryReply, messageId);
        writer.U64(EndCursor);
    }

    /// <summary>An entry of a reply without attributes.</summary>
    public static void Entry(ref PacketWriter writer, scoped ReadOnlySpan<byte> name, uint inode, NodeType type)
    {
        writer.Name8(name);
        writer.U32(inode);
        writer.U8((byte)type);
    }

    /// <summary>An entry of a reply with attributes.</summary>
    public static void Entry(
        ref PacketWriter writer, scoped ReadOnlySpan<byte> name, uint inode, in AttributeRecord attributes, PeerVersion client)
    {
        writer.Name8(name);
        writer.U32(inode);
        attributes.Write(ref writer, client);
    }

    /// <param name="cursor">Where the next request shall begin; <see cref="EndCursor"/> after the last entry.</param>
    public static void End(ref PacketWriter writer, ulong cursor)
    {
        writer.PatchU64(CursorOffset, cursor);
        writer.End();
    }

    /// <summary>Reads a reply's body; the reader stands behind the message id.</summary>
    public static ReadDirectoryPage Parse(ref PacketReader reader, bool withAttributes, PeerVersion client)
    {
        ulong cursor = reader.U64();
        var entries = new List<DirectoryEntry>();
        while (reader.Remaining > 0)
        {
            ReadOnlyMemory<byte> name = reader.Name8();
            uint inode = reader.U32();
            if (withAttributes)
            {
                AttributeRecord attributes = AttributeRecord.Parse(ref reader, client);
                entries.Add(new(name, inode, attributes.Type, attributes));
            }
            else
            {
                entries.Add(new(name, inode, (NodeType)reader.U8(), null));
            }
        }

        return new(cursor, entries);
    }
}

/// <summary>One entry of a directory listing.</summary>
public readonly record struct DirectoryEntry(
    ReadOnlyMemory<byte> Name, uint Inode, NodeType NodeType, AttributeRecord? Attributes);

/// <summary>A parsed READDIR reply.</summary>
public sealed record ReadDirectoryPage(ulong Cursor, IReadOnlyList<DirectoryEntry> Entries);

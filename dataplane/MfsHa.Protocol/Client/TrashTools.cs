using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Lists deleted files on an ordinary session, in 256 parts (mfstrashtool, `matoclserv_trash_list`).</summary>
/// <param name="WithAttributes">Entries carry attributes and retention.</param>
/// <param name="Uid">0xFFFFFFFF: any owner.</param>
/// <param name="MinTime">Filter on the latest of the three times, in seconds, as <paramref name="MaxTime"/>.</param>
/// <param name="Glob">Empty: everything; null in the form without it.</param>
public readonly record struct TrashListRequest(
    byte Part, bool WithAttributes, uint Uid, uint MinTime, uint MaxTime, ReadOnlyMemory<byte>? Glob) : IClientRequest<TrashListRequest>
{
    public static PacketType Type => PacketType.TrashList;

    public static TrashListRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new TrashListRequest(
            reader.U8(),
            reader.Bool(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.Remaining > 0 ? reader.Name8() : (ReadOnlyMemory<byte>?)null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U8(Part);
        writer.Bool(WithAttributes);
        writer.U32(Uid);
        writer.U32(MinTime);
        writer.U32(MaxTime);
        if (Glob is { } glob)
        {
            writer.Name8(glob.Span);
        }
    }
}

/// <param name="Attributes">Only if asked for, with <paramref name="TrashHours"/>.</param>
public readonly record struct TrashListEntry(uint Inode, AttributeRecord? Attributes, ushort TrashHours, ReadOnlyMemory<byte> Path);

/// <summary>The answer to <see cref="TrashListRequest"/>.</summary>
/// <param name="UserFiles">Files of the wanted owner.</param>
public sealed record TrashListReply(uint Total, uint UserFiles, IReadOnlyList<TrashListEntry> Entries)
{
    /// <summary>Reads a reply's body; the reader stands behind the message id.</summary>
    public static TrashListReply Parse(ref PacketReader reader, bool withAttributes, PeerVersion client)
    {
        (uint total, uint userFiles, uint matched) = (reader.U32(), reader.U32(), reader.U32());
        var entries = new List<TrashListEntry>();
        for (uint i = 0; i < matched; i++)
        {
            uint inode = reader.U32();
            AttributeRecord? attributes = withAttributes ? AttributeRecord.Parse(ref reader, client) : null;
            entries.Add(new(inode, attributes, withAttributes ? reader.U16() : (ushort)0, reader.Str32()));
        }

        reader.End();
        return new(total, userFiles, entries);
    }

    public void Write(ref PacketWriter writer, uint messageId, PeerVersion client)
    {
        writer.Begin(PacketType.TrashListReply, messageId);
        writer.U32(Total);
        writer.U32(UserFiles);
        writer.U32((uint)Entries.Count);
        foreach (TrashListEntry entry in Entries)
        {
            writer.U32(entry.Inode);
            if (entry.Attributes is { } attributes)
            {
                attributes.Write(ref writer, client);
                writer.U16(entry.TrashHours);
            }

            writer.Str32(entry.Path.Span);
        }

        writer.End();
    }
}

/// <summary>Recovers a deleted file under a path. Answered by a status, or by the path used if it is another one.</summary>
public readonly record struct TrashRecoverRequest(
    uint Inode, uint BaseInode, ReadOnlyMemory<byte> Path, ushort Umask, Credentials Caller, bool CopySetGid)
    : IClientRequest<TrashRecoverRequest>
{
    public static PacketType Type => PacketType.TrashRecover;

    public static TrashRecoverRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new TrashRecoverRequest(
            reader.U32(), reader.U32(), reader.Str32(), reader.U16(), reader.Credentials(), reader.Bool());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(BaseInode);
        writer.Str32(Path.Span);
        writer.U16(Umask);
        writer.Credentials(Caller);
        writer.Bool(CopySetGid);
    }
}

public readonly record struct TrashRecoverReply(ReadOnlyMemory<byte> Path) : IClientReply<TrashRecoverReply>
{
    public static PacketType Type => PacketType.TrashRecoverReply;

    public static TrashRecoverReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new TrashRecoverReply(reader.Str32());
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => writer.Str32(Path.Span);
}

/// <summary>Answered by a status (`matoclserv_trash_remove`).</summary>
public readonly record struct TrashRemoveRequest(uint Inode, uint Uid) : IClientRequest<TrashRemoveRequest>
{
    public static PacketType Type => PacketType.TrashRemove;

    public static TrashRemoveRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new TrashRemoveRequest(reader.U32(), reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(Uid);
    }
}

/// <summary>Lists deleted files that are still open (`matoclserv_sustained_list`).</summary>
/// <param name="Glob">Empty: everything; null in the form without it.</param>
public readonly record struct SustainedListRequest(byte Part, uint Uid, ReadOnlyMemory<byte>? Glob) : IClientRequest<SustainedListRequest>
{
    public static PacketType Type => PacketType.SustainedList;

    public static SustainedListRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SustainedListRequest(
            reader.U8(), reader.U32(), reader.Remaining > 0 ? reader.Name8() : (ReadOnlyMemory<byte>?)null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U8(Part);
        writer.U32(Uid);
        if (Glob is { } glob)
        {
            writer.Name8(glob.Span);
        }
    }
}

/// <param name="Sessions">Ids of the sessions that have it open.</param>
public sealed record SustainedListEntry(uint Inode, IReadOnlyList<uint> Sessions, ReadOnlyMemory<byte> Path);

public readonly record struct SustainedListReply(uint Total, IReadOnlyList<SustainedListEntry> Entries) : IClientReply<SustainedListReply>
{
    public static PacketType Type => PacketType.SustainedListReply;

    public static SustainedListReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (uint total, uint matched) = (reader.U32(), reader.U32());
        var entries = new List<SustainedListEntry>();
        for (uint i = 0; i < matched; i++)
        {
            uint inode = reader.U32();
            uint[] sessions = [.. reader.Items<PackedInode>(reader.U32()).Select(s => s.Inode)];
            entries.Add(new(inode, sessions, reader.Str32()));
        }

        reader.End();
        return new(total, entries);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U32(Total);
        writer.U32((uint)Entries.Count);
        foreach (SustainedListEntry entry in Entries)
        {
            writer.U32(entry.Inode);
            writer.Groups([.. entry.Sessions]);
            writer.Str32(entry.Path.Span);
        }
    }
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_getsclass`.</summary>
public readonly record struct GetStorageClassRequest(uint Inode, GetMode Mode) : IClientRequest<GetStorageClassRequest>
{
    public static PacketType Type => PacketType.GetStorageClass;

    public static GetStorageClassRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetStorageClassRequest(reader.U32(), (GetMode)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U8((byte)Mode);
    }
}

/// <summary>How many objects have a storage class.</summary>
/// <param name="Goal">1..9: 3.x masters name their predefined classes so, without a name; null otherwise.</param>
public readonly record struct StorageClassCount(ReadOnlyMemory<byte> Name, uint Count, byte? Goal = null);

/// <summary>At most 255 classes each. For clients from 3.0.75 on, which know names.</summary>
public readonly record struct GetStorageClassReply(
    ReadOnlyMemory<StorageClassCount> Files, ReadOnlyMemory<StorageClassCount> Directories) : IClientReply<GetStorageClassReply>
{
    public static PacketType Type => PacketType.GetStorageClassReply;

    public static GetStorageClassReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (byte files, byte directories) = (reader.U8(), reader.U8());
        var reply = new GetStorageClassReply(ParseCounts(ref reader, files), ParseCounts(ref reader, directories));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U8(checked((byte)Files.Length));
        writer.U8(checked((byte)Directories.Length));
        WriteCounts(ref writer, Files.Span);
        WriteCounts(ref writer, Directories.Span);
    }

    private static StorageClassCount[] ParseCounts(ref PacketReader reader, int count)
    {
        var counts = new StorageClassCount[count];
        foreach (ref StorageClassCount entry in counts.AsSpan())
        {
            byte goal = reader.U8();
            entry = goal == SetStorageClassRequest.NameFollows
                ? new(reader.Name8(), reader.U32())
                : new(default, reader.U32(), goal);
        }

        return counts;
    }

    private static void WriteCounts(ref PacketWriter writer, scoped ReadOnlySpan<StorageClassCount> counts)
    {
        foreach (ref readonly StorageClassCount entry in counts)
        {
            writer.U8(entry.Goal ?? SetStorageClassRequest.NameFollows);
            if (entry.Goal is null)
            {
                writer.Name8(entry.Name.Span);
            }

            writer.U32(entry.Count);
        }
    }
}

/// <summary>`matoclserv_fuse_setsclass`.</summary>
/// <param name="Goal">1..9 in the goal form, which has no names; null otherwise.</param>
/// <param name="OldName">Only for <see cref="SetModes.Exchange"/>.</param>
public readonly record struct SetStorageClassRequest(
    uint Inode, uint Uid, byte? Goal, SetModes Mode, ReadOnlyMemory<byte> OldName, ReadOnlyMemory<byte> NewName)
    : IClientRequest<SetStorageClassRequest>
{
    internal const byte NameFollows = 0xFF;

    public static PacketType Type => PacketType.SetStorageClass;

    private bool HasOldName => (Mode & SetModes.OperationMask) == SetModes.Exchange;

    public static SetStorageClassRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SetStorageClassRequest(
            reader.U32(), reader.U32(), reader.U8(), (SetModes)reader.U8(), default, default);
        if (request.Goal == NameFollows)
        {
            request = request with { Goal = null };
            request = request with
            {
                OldName = request.HasOldName ? reader.Name8() : default,
                NewName = reader.Name8(),
            };
        }

        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(Uid);
        writer.U8(Goal ?? NameFollows);
        writer.U8((byte)Mode);
        if (Goal is not null)
        {
            return;
        }

        if (HasOldName)
        {
            writer.Name8(OldName.Span);
        }

        writer.Name8(NewName.Span);
    }
}

public readonly record struct SetStorageClassReply(ChangeCounts Counts) : IClientReply<SetStorageClassReply>
{
    public static PacketType Type => PacketType.SetStorageClassReply;

    public static SetStorageClassReply Parse(ref PacketReader reader, PeerVersion client) => new(ChangeCounts.Parse(ref reader));

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => Counts.Write(ref writer);
}

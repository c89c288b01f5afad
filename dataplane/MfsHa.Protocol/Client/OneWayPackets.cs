using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>
/// The complete list of inodes that a mount considers open, sorted; about once a minute and at unmount. No message id, no
/// answer (`matoclserv_fuse_sustained_inodes`). Entries of 0 are to be ignored.
/// </summary>
public readonly record struct SustainedInodes(PackedList<PackedInode> Inodes)
{
    public static SustainedInodes Parse(ref PacketReader reader) => new(reader.RestPacked<PackedInode>());

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.SustainedInodes);
        writer.Bytes(Inodes.Bytes.Span);
        writer.End();
    }
}

/// <summary>Times of one file that a mount reads or writes; seconds, 0 = no change.</summary>
public readonly record struct InodeTimes(uint Inode, uint AccessTime, uint ModificationTime) : IPackedItem<InodeTimes>
{
    public static int Size => 12;

    public static InodeTimes Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32BigEndian(source),
        BinaryPrimitives.ReadUInt32BigEndian(source[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(source[8..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Inode);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], AccessTime);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ModificationTime);
    }
}

/// <summary>AMTIME_INODES: each value is sent twice. No message id, no answer (`matoclserv_fuse_amtime_inodes`).</summary>
public readonly record struct AccessModificationTimes(PackedList<InodeTimes> Times)
{
    public static AccessModificationTimes Parse(ref PacketReader reader) => new(reader.RestPacked<InodeTimes>());

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.AccessModificationTimes);
        writer.Bytes(Times.Bytes.Span);
        writer.End();
    }
}

/// <summary>Asks for the server's clock (`matoclserv_fuse_time_sync`).</summary>
/// <param name="MessageId">0; null in the empty form that no client in scope sends.</param>
public readonly record struct TimeSyncRequest(uint? MessageId)
{
    public static TimeSyncRequest Parse(ref PacketReader reader)
    {
        var request = new TimeSyncRequest(reader.Remaining > 0 ? reader.U32() : null);
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.TimeSync);
        if (MessageId is { } id)
        {
            writer.U32(id);
        }

        writer.End();
    }
}

/// <param name="MessageId">The request's; null if it had none.</param>
/// <param name="Microseconds">Since 1970.</param>
public readonly record struct TimeSyncReply(uint? MessageId, ulong Microseconds)
{
    private const int LengthWithoutId = 8;

    public static TimeSyncReply Parse(ref PacketReader reader)
    {
        var reply = new TimeSyncReply(reader.Remaining > LengthWithoutId ? reader.U32() : null, reader.U64());
        reader.End();
        return reply;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.TimeSyncReply);
        if (MessageId is { } id)
        {
            writer.U32(id);
        }

        writer.U64(Microseconds);
        writer.End();
    }
}

/// <summary>Bytes that a client sent and received over the network, told to servers from 4.57 on.</summary>
public readonly record struct TrafficCounters(ulong Received, ulong Sent);

/// <summary>OPDATA: what a 4.x mount did since the last one. No message id, no answer (`matoclserv_fuse_opdata`).</summary>
public readonly record struct OperationData(
    ulong ReadBytes, ulong WrittenBytes, uint Reads, uint Writes, uint Fsyncs, TrafficCounters? Traffic)
{
    public static OperationData Parse(ref PacketReader reader)
    {
        var data = new OperationData(
            reader.U64(),
            reader.U64(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.Remaining > 0 ? new TrafficCounters(reader.U64(), reader.U64()) : null);
        reader.End();
        return data;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.OperationData);
        writer.U64(ReadBytes);
        writer.U64(WrittenBytes);
        writer.U32(Reads);
        writer.U32(Writes);
        writer.U32(Fsyncs);
        if (Traffic is { } traffic)
        {
            writer.U64(traffic.Received);
            writer.U64(traffic.Sent);
        }

        writer.End();
    }
}

/// <summary>WFLAGS of 4.x mounts, every second. No message id, no answer (`matoclserv_fuse_wflags`).</summary>
public readonly record struct WorkFlagsPacket(WorkFlags Flags)
{
    public static WorkFlagsPacket Parse(ref PacketReader reader)
    {
        var packet = new WorkFlagsPacket((WorkFlags)reader.U8());
        reader.End();
        return packet;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.WorkFlags);
        writer.U8((byte)Flags);
        writer.End();
    }
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Answered by a status, possibly much later (`matoclserv_fuse_flock`).</summary>
/// <param name="RequestId">What an interrupt names.</param>
/// <param name="Owner">Lock owner within the session.</param>
public readonly record struct FlockRequest(uint Inode, uint RequestId, ulong Owner, FlockCommand Command)
    : IClientRequest<FlockRequest>
{
    public static PacketType Type => PacketType.Flock;

    public static FlockRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new FlockRequest(reader.U32(), reader.U32(), reader.U64(), (FlockCommand)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(RequestId);
        writer.U64(Owner);
        writer.U8((byte)Command);
    }
}

/// <summary>
/// Answered by a status, possibly much later, or for a successful <see cref="PosixLockCommand.Get"/> by
/// <see cref="PosixLockReply"/> (`matoclserv_fuse_posix_lock`).
/// </summary>
/// <param name="End">First byte behind the range; 2^64-1: to the end of the file.</param>
public readonly record struct PosixLockRequest(
    uint Inode, uint RequestId, ulong Owner, uint Pid, PosixLockCommand Command, PosixLockType LockType, ulong Start, ulong End)
    : IClientRequest<PosixLockRequest>
{
    public static PacketType Type => PacketType.PosixLock;

    public static PosixLockRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new PosixLockRequest(
            reader.U32(),
            reader.U32(),
            reader.U64(),
            reader.U32(),
            (PosixLockCommand)reader.U8(),
            (PosixLockType)reader.U8(),
            reader.U64(),
            reader.U64());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(RequestId);
        writer.U64(Owner);
        writer.U32(Pid);
        writer.U8((byte)Command);
        writer.U8((byte)LockType);
        writer.U64(Start);
        writer.U64(End);
    }
}

/// <summary>The first conflicting lock; type <see cref="PosixLockType.Unlock"/> and zeros when there is none.</summary>
public readonly record struct PosixLockReply(uint Pid, PosixLockType LockType, ulong Start, ulong End)
    : IClientReply<PosixLockReply>
{
    public static PacketType Type => PacketType.PosixLockReply;

    public static PosixLockReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new PosixLockReply(reader.U32(), (PosixLockType)reader.U8(), reader.U64(), reader.U64());
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U32(Pid);
        writer.U8((byte)LockType);
        writer.U64(Start);
        writer.U64(End);
    }
}

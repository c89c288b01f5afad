using System.Buffers.Binary;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>A session that has an inode open.</summary>
public readonly record struct OpenFileEntry(uint SessionId, uint Inode) : IPackedItem<OpenFileEntry>
{
    public static int Size => 8;

    public static OpenFileEntry Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt32BigEndian(source[4..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, SessionId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Inode);
    }
}

/// <summary>LIST_OPEN_FILES (`matoclserv_list_open_files`).</summary>
public static class ListOpenFilesReply
{
    /// <summary>Answers a question about all sessions.</summary>
    public static void WriteAll(ref PacketWriter writer, uint? messageId, scoped ReadOnlySpan<OpenFileEntry> files)
    {
        ToolReply.Begin(ref writer, PacketType.ListOpenFilesReply, messageId);
        writer.Items(files);
        writer.End();
    }

    /// <summary>Answers a question about one session.</summary>
    public static void WriteSession(ref PacketWriter writer, uint? messageId, scoped ReadOnlySpan<PackedInode> inodes)
    {
        ToolReply.Begin(ref writer, PacketType.ListOpenFilesReply, messageId);
        writer.Items(inodes);
        writer.End();
    }

    public static OpenFileEntry[] ParseAll(ref PacketReader reader) => reader.RestItems<OpenFileEntry>();

    public static PackedInode[] ParseSession(ref PacketReader reader) => reader.RestItems<PackedInode>();
}

/// <summary>Whom a lock excludes.</summary>
public enum AcquiredLockType : byte
{
    None = 0,
    Shared = 1,
    Exclusive = 2,
}

/// <summary>A lock that is held; whole-file locks have pid, start and end 0.</summary>
/// <param name="End">First byte behind the range.</param>
public readonly record struct AcquiredLock(
    uint Inode, uint SessionId, ulong Owner, uint Pid, ulong Start, ulong End, AcquiredLockType Type);

/// <summary>LIST_ACQUIRED_LOCKS: byte-range locks first, then whole-file locks (`matoclserv_list_acquired_locks`).</summary>
public static class ListAcquiredLocksReply
{
    /// <param name="inode">The question's; 0: all, and each entry names its own.</param>
    public static void Write(ref PacketWriter writer, uint? messageId, uint inode, IEnumerable<AcquiredLock> locks)
    {
        ToolReply.Begin(ref writer, PacketType.ListAcquiredLocksReply, messageId);
        foreach (AcquiredLock held in locks)
        {
            if (inode == 0)
            {
                writer.U32(held.Inode);
            }

            writer.U32(held.SessionId);
            writer.U64(held.Owner);
            writer.U32(held.Pid);
            writer.U64(held.Start);
            writer.U64(held.End);
            writer.U8((byte)held.Type);
        }

        writer.End();
    }

    /// <summary>Reads the body of an answer, after its message id.</summary>
    public static IReadOnlyList<AcquiredLock> Parse(ref PacketReader reader, uint inode)
    {
        var locks = new List<AcquiredLock>();
        while (reader.Remaining > 0)
        {
            locks.Add(new(
                inode == 0 ? reader.U32() : inode,
                reader.U32(),
                reader.U64(),
                reader.U32(),
                reader.U64(),
                reader.U64(),
                (AcquiredLockType)reader.U8()));
        }

        return locks;
    }
}

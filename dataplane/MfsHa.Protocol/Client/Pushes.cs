using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>
/// Another client changed a chunk of a file that the receiver has open (`matoclserv_fuse_chunk_has_changed`). Only for
/// clients with <see cref="PeerVersion.TakesChangePushes"/>.
/// </summary>
/// <param name="FileLength">Bytes of the whole file.</param>
/// <param name="Range">Sent from 4.40 on. After a truncate its offset is the new end inside the chunk.</param>
public readonly record struct ChunkHasChanged(
    uint Inode, uint Index, ulong ChunkId, uint Version, ulong FileLength, bool IsTruncate, WrittenRange Range)
{
    public static ChunkHasChanged Parse(ref PacketReader reader, PeerVersion client)
    {
        Push.ReadZeroMessageId(ref reader);
        var push = new ChunkHasChanged(
            reader.U32(),
            reader.U32(),
            reader.U64(),
            reader.U32(),
            reader.U64(),
            reader.Bool(),
            client.ChunkChangedHasRange ? new WrittenRange(reader.U32(), reader.U32()) : default);
        reader.End();
        return push;
    }

    public void Write(ref PacketWriter writer, PeerVersion client)
    {
        writer.Begin(PacketType.ChunkHasChanged, Push.MessageId);
        writer.U32(Inode);
        writer.U32(Index);
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.U64(FileLength);
        writer.Bool(IsTruncate);
        if (client.ChunkChangedHasRange)
        {
            writer.U32(Range.Offset);
            writer.U32(Range.Size);
        }

        writer.End();
    }
}

/// <summary>The length of an open file changed. Only for clients with <see cref="PeerVersion.TakesChangePushes"/>.</summary>
/// <param name="Length">Bytes.</param>
public readonly record struct FileLengthHasChanged(uint Inode, ulong Length)
{
    public static FileLengthHasChanged Parse(ref PacketReader reader)
    {
        Push.ReadZeroMessageId(ref reader);
        var push = new FileLengthHasChanged(reader.U32(), reader.U64());
        reader.End();
        return push;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.FileLengthHasChanged, Push.MessageId);
        writer.U32(Inode);
        writer.U64(Length);
        writer.End();
    }
}

/// <summary>
/// The client shall forget all chunk locations. Only for clients with <see cref="PeerVersion.TakesInvalidateChunkCache"/>.
/// </summary>
public readonly record struct InvalidateChunkCache
{
    public static InvalidateChunkCache Parse(ref PacketReader reader)
    {
        Push.ReadZeroMessageId(ref reader);
        reader.End();
        return default;
    }

    public static void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.InvalidateChunkCache, Push.MessageId);
        writer.End();
    }
}

/// <summary>What all pushes share.</summary>
internal static class Push
{
    public const uint MessageId = 0;

    public static void ReadZeroMessageId(ref PacketReader reader)
    {
        uint id = reader.U32();
        if (id != MessageId)
        {
            reader.Fail("message id 0", $"{id}");
        }
    }
}

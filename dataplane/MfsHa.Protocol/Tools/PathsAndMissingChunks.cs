using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>Asks for the paths of many objects (`matoclserv_mass_resolve_paths`).</summary>
public readonly record struct MassResolvePathsRequest(PackedList<PackedInode> Inodes)
{
    public static MassResolvePathsRequest Parse(ref PacketReader reader) => new(reader.RestPacked<PackedInode>());

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MassResolvePaths);
        writer.Bytes(Inodes.Bytes.Span);
        writer.End();
    }
}

/// <summary>All paths of one object, from the global root.</summary>
public sealed record ResolvedPaths(uint Inode, IReadOnlyList<ReadOnlyMemory<byte>> Paths);

/// <summary>MASS_RESOLVE_PATHS.</summary>
public static class MassResolvePathsReply
{
    public static void Write(ref PacketWriter writer, IEnumerable<ResolvedPaths> objects)
    {
        writer.Begin(PacketType.MassResolvePathsReply);
        foreach (ResolvedPaths resolved in objects)
        {
            writer.U32(resolved.Inode);
            int sizeOffset = writer.PayloadLength;
            writer.U32(0);
            int start = writer.PayloadLength;
            foreach (ReadOnlyMemory<byte> path in resolved.Paths)
            {
                writer.Str32(path.Span);
            }

            writer.PatchU32(sizeOffset, (uint)(writer.PayloadLength - start));
        }

        writer.End();
    }

    public static IReadOnlyList<ResolvedPaths> Parse(ref PacketReader reader)
    {
        var objects = new List<ResolvedPaths>();
        while (reader.Remaining > 0)
        {
            uint inode = reader.U32();
            uint size = reader.U32();
            if (size > (uint)reader.Remaining)
            {
                reader.Fail($"{size} bytes of paths", $"{reader.Remaining}");
            }

            int end = reader.Position + (int)size;
            var paths = new List<ReadOnlyMemory<byte>>();
            while (reader.Position < end)
            {
                paths.Add(reader.Str32());
            }

            if (reader.Position != end)
            {
                reader.Fail($"paths of {size} bytes", "longer ones");
            }

            objects.Add(new(inode, paths));
        }

        return objects;
    }
}

/// <summary>Why a chunk cannot be read.</summary>
public enum MissingChunkKind : byte
{
    NoCopy = 0,
    InvalidCopies = 1,
    WrongVersion = 2,
    PartialParts = 3,
}

/// <summary>A chunk of a file that cannot be read.</summary>
public readonly record struct MissingChunk(ulong ChunkId, uint Inode, uint Index, MissingChunkKind Kind);

/// <summary>MISSING_CHUNKS (`matoclserv_missing_chunks`).</summary>
public static class MissingChunksReply
{
    /// <param name="withKind">The question had mode 1.</param>
    public static void Write(ref PacketWriter writer, bool withKind, IEnumerable<MissingChunk> chunks)
    {
        writer.Begin(PacketType.MissingChunksReply);
        foreach (MissingChunk chunk in chunks)
        {
            writer.U64(chunk.ChunkId);
            writer.U32(chunk.Inode);
            writer.U32(chunk.Index);
            if (withKind)
            {
                writer.U8((byte)chunk.Kind);
            }
        }

        writer.End();
    }

    public static IReadOnlyList<MissingChunk> Parse(ref PacketReader reader, bool withKind)
    {
        var chunks = new List<MissingChunk>();
        while (reader.Remaining > 0)
        {
            chunks.Add(new(
                reader.U64(), reader.U32(), reader.U32(), withKind ? (MissingChunkKind)reader.U8() : MissingChunkKind.NoCopy));
        }

        return chunks;
    }
}

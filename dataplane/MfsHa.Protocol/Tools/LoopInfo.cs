using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>Result of the check of all files: FSTEST_INFO (`matoclserv_fstest_info`). Times in seconds since 1970.</summary>
/// <param name="MissingTrashFiles">In answers to a question with a mode byte, as <paramref name="MissingSustainedFiles"/>.</param>
/// <param name="Text">Messages, one per line.</param>
public sealed record FileTestInfo(
    uint Start,
    uint End,
    uint Files,
    uint UndergoalFiles,
    uint MissingFiles,
    uint? MissingTrashFiles,
    uint? MissingSustainedFiles,
    uint Chunks,
    uint UndergoalChunks,
    uint MissingChunks,
    ReadOnlyMemory<byte> Text)
{
    /// <param name="withDeleted">The question had a mode byte.</param>
    public static FileTestInfo Parse(ref PacketReader reader, bool withDeleted)
    {
        var info = new FileTestInfo(
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            withDeleted ? reader.U32() : null,
            withDeleted ? reader.U32() : null,
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.Str32());
        reader.End();
        return info;
    }

    /// <summary>Writes the numbers of deleted files if they are given.</summary>
    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.FileTestInfoReply);
        writer.U32(Start);
        writer.U32(End);
        writer.U32(Files);
        writer.U32(UndergoalFiles);
        writer.U32(MissingFiles);
        if (MissingTrashFiles is { } trash)
        {
            writer.U32(trash);
            writer.U32(MissingSustainedFiles ?? 0);
        }

        writer.U32(Chunks);
        writer.U32(UndergoalChunks);
        writer.U32(MissingChunks);
        writer.Str32(Text.Span);
        writer.End();
    }
}

/// <summary>Counters of the chunk loop: CHUNKSTEST_INFO (`mfsmaster/chunks.c: chunk_store_info`).</summary>
public static class ChunkTestInfoReply
{
    /// <summary>Numbers of a 3.x master, understood by tools of all versions in scope.</summary>
    public const int CommonNumbers = 18;

    /// <summary>Numbers of a master from 4.4 on.</summary>
    public const int Numbers = 24;

    /// <param name="numbers">Start and end of the last loop in seconds since 1970, then counters.</param>
    public static void Write(ref PacketWriter writer, scoped ReadOnlySpan<uint> numbers)
    {
        writer.Begin(PacketType.ChunkTestInfoReply);
        foreach (uint number in numbers)
        {
            writer.U32(number);
        }

        writer.End();
    }

    public static uint[] Parse(ref PacketReader reader) =>
        [.. reader.RestItems<Client.PackedInode>().Select(number => number.Inode)];
}

/// <summary>Asks for matrices of chunks (`matoclserv_chunks_matrix`).</summary>
/// <param name="MatrixId">Absent in the form that asks for all; 0 with a class.</param>
/// <param name="ClassId">Only chunks of one storage class (4.44+); answered by all matrices.</param>
public readonly record struct ChunksMatrixRequest(byte? MatrixId, byte? ClassId)
{
    public static ChunksMatrixRequest Parse(ref PacketReader reader)
    {
        var request = new ChunksMatrixRequest(
            reader.Remaining > 0 ? reader.U8() : null, reader.Remaining > 0 ? reader.U8() : null);
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunksMatrix);
        if (MatrixId is { } matrix)
        {
            writer.U8(matrix);
        }

        if (ClassId is { } storageClass)
        {
            writer.U8(storageClass);
        }

        writer.End();
    }
}

/// <summary>
/// CHUNKS_MATRIX: chunks by goal (rows 0..10 and more) and copies (columns 0..10 and more); two matrices (all, without disks
/// marked for removal), six or eight with erasure coding. 3.x tools accept only two.
/// </summary>
public static class ChunksMatrixReply
{
    /// <summary>Numbers in a matrix.</summary>
    public const int MatrixSize = 11 * 11;

    /// <param name="progress">Null in the answer about a single matrix; else 0, or how far counting of one class is.</param>
    /// <param name="matrices">Numbers, a multiple of <see cref="MatrixSize"/>.</param>
    public static void Write(ref PacketWriter writer, byte? progress, scoped ReadOnlySpan<uint> matrices)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(matrices.Length % MatrixSize, 0);
        writer.Begin(PacketType.ChunksMatrixReply);
        if (progress is { } value)
        {
            writer.U8(value);
        }

        foreach (uint number in matrices)
        {
            writer.U32(number);
        }

        writer.End();
    }

    public static (byte? Progress, uint[] Matrices) Parse(ref PacketReader reader)
    {
        byte? progress = reader.Remaining % (MatrixSize * sizeof(uint)) == 1 ? reader.U8() : null;
        if (reader.Remaining % (MatrixSize * sizeof(uint)) != 0)
        {
            reader.Fail("whole matrices", $"{reader.Remaining} bytes");
        }

        return (progress, [.. reader.RestItems<Client.PackedInode>().Select(number => number.Inode)]);
    }
}

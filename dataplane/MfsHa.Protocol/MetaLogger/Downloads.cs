using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.MetaLogger;

/// <summary>Files that a metalogger downloads.</summary>
public enum DownloadFile : byte
{
    None = 0,
    Metadata = 1,

    /// <summary>Only very old metaloggers ask for it.</summary>
    Sessions = 2,
    Changelog0 = 11,
    Changelog1 = 12,
}

/// <summary>Opens a file for downloading (`matomlserv_download_start`).</summary>
public readonly record struct DownloadStartRequest(DownloadFile File)
{
    public static DownloadStartRequest Parse(ref PacketReader reader)
    {
        var request = new DownloadStartRequest((DownloadFile)reader.U8());
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerDownloadStart);
        writer.U8((byte)File);
        writer.End();
    }
}

/// <param name="Length">Bytes of the file; null: there is none.</param>
public readonly record struct DownloadInfoReply(ulong? Length)
{
    private const byte NoFile = 0xFF;
    private const int ErrorLength = 1;

    public static DownloadInfoReply Parse(ref PacketReader reader)
    {
        ulong? length = null;
        if (reader.Length == ErrorLength)
        {
            reader.U8();
        }
        else
        {
            length = reader.U64();
        }

        reader.End();
        return new(length);
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerDownloadInfo);
        if (Length is { } length)
        {
            writer.U64(length);
        }
        else
        {
            writer.U8(NoFile);
        }

        writer.End();
    }
}

/// <summary>Asks for a piece of the opened file.</summary>
/// <param name="Length">Bytes, at most <see cref="MaxLength"/>.</param>
public readonly record struct DownloadDataRequest(ulong Offset, uint Length)
{
    public const uint MaxLength = 1_000_000;

    public static DownloadDataRequest Parse(ref PacketReader reader)
    {
        var request = new DownloadDataRequest(reader.U64(), reader.U32());
        if (request.Length > MaxLength)
        {
            reader.Fail($"at most {MaxLength} bytes", $"{request.Length}");
        }

        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerDownloadRequest);
        writer.U64(Offset);
        writer.U32(Length);
        writer.End();
    }
}

/// <param name="Crc">CRC-32 of the data, as in zlib.</param>
public readonly record struct DownloadDataReply(ulong Offset, uint Crc, ReadOnlyMemory<byte> Data)
{
    public static DownloadDataReply Parse(ref PacketReader reader)
    {
        (ulong offset, uint length, uint crc) = (reader.U64(), reader.U32(), reader.U32());
        if (length != (uint)reader.Remaining)
        {
            reader.Fail($"{length} bytes of data", $"{reader.Remaining}");
        }

        return new(offset, crc, reader.Rest());
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerDownloadData);
        writer.U64(Offset);
        writer.U32((uint)Data.Length);
        writer.U32(Crc);
        writer.Bytes(Data.Span);
        writer.End();
    }
}

/// <summary>Closes the opened file.</summary>
public readonly record struct DownloadEndRequest
{
    public static DownloadEndRequest Parse(ref PacketReader reader)
    {
        reader.End();
        return default;
    }

    public static void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerDownloadEnd);
        writer.End();
    }
}

namespace MfsHa.Protocol.ChunkServer;

/// <summary>
/// 4.x chunkservers carry the part of an erasure-coded chunk in the top byte of its id (`mfsmaster/chunks.c: chunk_check_ecid`).
/// 3.x chunkservers neither send nor understand anything but 0 there.
/// </summary>
public static class ChunkIds
{
    /// <summary>Chunk ids without a part lie below it.</summary>
    public const ulong IdMask = (1UL << PartShift) - 1;

    /// <summary>A full copy.</summary>
    public const byte FullCopy = 0;

    public const byte FirstEc4Data = 0x10;
    public const byte FirstEc4Checksum = 0x14;
    public const byte LastEc4 = 0x1C;
    public const byte FirstEc8Data = 0x20;
    public const byte FirstEc8Checksum = 0x28;
    public const byte LastEc8 = 0x30;

    private const int PartShift = 56;

    public static byte PartOf(ulong wireId) => (byte)(wireId >> PartShift);

    public static ulong IdOf(ulong wireId) => wireId & IdMask;

    public static ulong WithPart(ulong id, byte part) => (id & IdMask) | ((ulong)part << PartShift);

    /// <summary>Whether a part number means something.</summary>
    public static bool IsValidPart(byte part) =>
        part == FullCopy || part is >= FirstEc4Data and <= LastEc4 || part is >= FirstEc8Data and <= LastEc8;
}

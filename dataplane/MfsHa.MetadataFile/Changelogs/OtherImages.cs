using System.Buffers.Binary;
using System.Globalization;
using MfsHa.MetadataFile.Frame;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>Other copies of the same metadata in a directory, as mfsmasters keep them (metadata.mfs.back, metadata.mfs.back.1 ...).</summary>
internal static class OtherImages
{
    private const int HeadLength = 8 + (2 * sizeof(ulong));

    /// <summary>
    /// <see cref="MetadataFileException"/> when there is a whole one that is newer: an mfsmaster would begin with that (mfsmaster/metadata.c: meta_restore).
    /// </summary>
    /// <param name="folder">The directory.</param>
    /// <param name="version">Number of the next change, as the file says that is to be imported.</param>
    /// <param name="metaId">Its identity.</param>
    public static void RefuseNewer(string folder, ulong version, ulong metaId)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "metadata*.mfs*").Order(StringComparer.Ordinal))
        {
            if (ReadHead(path) is { } head && head.MetaId == metaId && head.Version > version)
            {
                throw new MetadataFileException(string.Create(
                    CultureInfo.InvariantCulture, $"{path} is newer (version {head.Version}, this one {version}). Import that one, or, if the later changes are to be lost, move this one into a directory of its own"));
            }
        }
    }

    // What is not whole is nobody's copy: a master was stopped while it wrote.
    private static (ulong Version, ulong MetaId)? ReadHead(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> head = stackalloc byte[HeadLength];
        Span<byte> end = stackalloc byte[16];
        if (file.Length < HeadLength + end.Length || file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false) != HeadLength || !head.StartsWith(FileFrame.Signature))
        {
            return null;
        }

        file.Position = file.Length - end.Length;
        return file.ReadAtLeast(end, end.Length, throwOnEndOfStream: false) == end.Length && end.SequenceEqual(FileFrame.EndMarker)
            ? (BinaryPrimitives.ReadUInt64BigEndian(head[8..]), BinaryPrimitives.ReadUInt64BigEndian(head[16..]))
            : null;
    }
}

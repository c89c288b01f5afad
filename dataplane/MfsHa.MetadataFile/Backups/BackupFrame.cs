using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MfsHa.MetadataFile.Frame;

namespace MfsHa.MetadataFile.Backups;

/// <summary>The sections of a metadata.mfs, found by their headers; what is in them is not looked at.</summary>
public static class BackupFrame
{
    private const int HeadLength = 8 + (2 * sizeof(ulong));

    /// <summary>Reads the frame of a seekable file. <see cref="MetadataFileException"/> with the place where it is not one.</summary>
    public static (ulong MetaId, IReadOnlyList<ManifestSection> Sections) Read(Stream file)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        Fill(file, head, "file");
        if (!head[..FileFrame.Signature.Length].SequenceEqual(FileFrame.Signature))
        {
            throw new MetadataFileException("file", 0, "it does not begin like a metadata.mfs");
        }

        var metaId = BinaryPrimitives.ReadUInt64BigEndian(head[(FileFrame.Signature.Length + sizeof(ulong))..]);
        var sections = new List<ManifestSection>();
        Span<byte> header = stackalloc byte[FileFrame.SectionHeaderLength];
        while (true)
        {
            var offset = file.Position;
            Fill(file, header, sections.Count == 0 ? "file" : sections[^1].Name);
            if (header.SequenceEqual(FileFrame.EndMarker))
            {
                break;
            }

            var length = BinaryPrimitives.ReadUInt64BigEndian(header[(FileFrame.NameLength + 4)..]);
            if (FileFrame.ParseVersion(header.Slice(FileFrame.NameLength + 1, 3)) is null || length > (ulong)(file.Length - file.Position))
            {
                throw new MetadataFileException("file", offset, string.Create(CultureInfo.InvariantCulture, $"no header of a section that ends within the file, {file.Length} bytes"));
            }

            sections.Add(new ManifestSection(Encoding.ASCII.GetString(header[..FileFrame.NameLength]), offset, header.Length + (long)length));
            file.Position += (long)length;
        }

        return file.Position == file.Length ? (metaId, sections) : throw new MetadataFileException("file", file.Position, "more follows behind the end marker");
    }

    private static void Fill(Stream file, Span<byte> target, string section)
    {
        if (file.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length)
        {
            throw new MetadataFileException(section, file.Position, "the file ends here: it is truncated");
        }
    }
}

using System.Buffers.Text;
using System.Globalization;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>A changelog of an mfsmaster and the changes that are in it (mfsmaster/changelog.c: changelog_findfirstversion, changelog_findlastversion).</summary>
/// <param name="Path">The file.</param>
/// <param name="First">Number of its first change.</param>
/// <param name="Last">Number of its last change; of a line that was not written to its end, too.</param>
/// <param name="IsCutOff">True when its last line was not written to its end: the mfsmaster or its host died.</param>
public sealed record ChangelogFile(string Path, ulong First, ulong Last, bool IsCutOff)
{
    /// <summary>No mfsmaster writes or reads longer lines, bytes.</summary>
    public const int MaxLineLength = 200_000;

    /// <summary>Name of the file.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>
    /// The changelogs in a directory with changes that a metadata.mfs does not contain, ascending by their first one. <see cref="MetadataFileException"/> when one is no changelog.
    /// </summary>
    /// <param name="folder">Directory of an mfsmaster's data.</param>
    /// <param name="version">Number of the next change, as the metadata.mfs says.</param>
    public static IReadOnlyList<ChangelogFile> NewerThan(string folder, ulong version) =>
    [
        .. Directory.EnumerateFiles(folder, "changelog*.mfs").Order(StringComparer.Ordinal).Select(Scan).OfType<ChangelogFile>().Where(f => f.Last >= version).OrderBy(static f => f.First),
    ];

    private static ChangelogFile? Scan(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0)
        {
            return null;
        }

        var first = Number(path, 0, Read(file, 0));
        var begin = Math.Max(0, file.Length - MaxLineLength - 1);
        var tail = Read(file, begin);

        // The line that the last byte belongs to, whether it was written to its end or not.
        var place = tail.AsSpan(0, Math.Max(0, tail.Length - 1)).LastIndexOf((byte)'\n') + 1;
        return new ChangelogFile(path, first, Number(path, begin + place, tail.AsSpan(place)), tail[^1] != (byte)'\n');
    }

    private static byte[] Read(FileStream file, long from)
    {
        file.Position = from;
        var bytes = new byte[Math.Min(MaxLineLength + 1, file.Length - from)];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static ulong Number(string path, long offset, ReadOnlySpan<byte> line)
    {
        if (!Utf8Parser.TryParse(line, out ulong number, out var length) || (length < line.Length && line[length] != (byte)':'))
        {
            throw new MetadataFileException(string.Create(
                CultureInfo.InvariantCulture, $"{path}, offset {offset}: a change's number and ':' were expected: this is no changelog. Take it out of the directory if it is none of this mfsmaster's"));
        }

        return number;
    }
}

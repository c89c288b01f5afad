using System.Buffers.Text;
using System.Globalization;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>A changelog of an mfsmaster and the changes that are in it (mfsmaster/changelog.c: changelog_findfirstversion, changelog_findlastversion). Open until it is disposed.</summary>
public sealed class ChangelogFile : IDisposable
{
    /// <summary>No mfsmaster writes or reads longer lines, bytes.</summary>
    public const int MaxLineLength = 200_000;

    private ChangelogFile(FileStream stream, ulong first, ulong last, bool isCutOff) => (Stream, First, Last, IsCutOff) = (stream, first, last, isCutOff);

    /// <summary>Number of its first change.</summary>
    public ulong First { get; }

    /// <summary>Number of its last change; of a line that was not written to its end, too.</summary>
    public ulong Last { get; }

    /// <summary>True when its last line was not written to its end: the mfsmaster or its host died.</summary>
    public bool IsCutOff { get; }

    /// <summary>Where it is.</summary>
    public string Path => Stream.Name;

    internal FileStream Stream { get; }

    /// <summary>Opens a file; null when it is empty. <see cref="MetadataFileException"/> when it is no changelog.</summary>
    public static ChangelogFile? TryOpen(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        try
        {
            if (stream.Length > 0)
            {
                return Scan(stream);
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        stream.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Stream.Dispose();

    private static ChangelogFile Scan(FileStream file)
    {
        var first = Number(file.Name, 0, Read(file, 0));
        var begin = Math.Max(0, file.Length - MaxLineLength - 1);
        var tail = Read(file, begin);

        // The line that the last byte belongs to, whether it was written to its end or not.
        var place = tail.AsSpan(0, Math.Max(0, tail.Length - 1)).LastIndexOf((byte)'\n') + 1;
        return new ChangelogFile(file, first, Number(file.Name, begin + place, tail.AsSpan(place)), tail[^1] != (byte)'\n');
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

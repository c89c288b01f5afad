using System.Globalization;
using System.Text;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>
/// The changes of several changelogs in their order, from a number on, each once (mfsmaster/merger.c, restore.c: restore_file). The files follow each other, or overlap: a master's own, and copies that
/// metaloggers have made.
/// </summary>
internal sealed class ChangelogReader(IReadOnlyList<ChangelogFile> files, ulong version)
{
    /// <summary>File and line of the change that was read last.</summary>
    public string Place { get; private set; } = "";

    /// <summary>File and line of a line at the very end that was not written to its end; null: there is none.</summary>
    public string? CutOff { get; private set; }

    /// <summary>All changes. <see cref="MetadataFileException"/> when one is missing or cannot be read.</summary>
    public IEnumerable<Change> All()
    {
        var next = version;
        foreach (var file in files)
        {
            if (file.Last < next)
            {
                continue;
            }

            if (file.First > next)
            {
                throw Missing(next, file.First - 1, $"{file.Path} begins with change {file.First}");
            }

            foreach (var change in Read(file, next))
            {
                if (change.Number < next)
                {
                    // Once more; the first one counts.
                    continue;
                }

                if (change.Number > next)
                {
                    throw Missing(next, change.Number - 1, $"{Place} has change {change.Number}");
                }

                yield return change;
                next++;
            }
        }
    }

    private IEnumerable<Change> Read(ChangelogFile file, ulong from)
    {
        // Every byte is a character: names are escaped, and what is not is compared as bytes.
        file.Stream.Position = 0;
        using var lines = new StreamReader(file.Stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, 1 << 16, leaveOpen: true);
        var number = 0;
        while (lines.ReadLine() is { } line)
        {
            Place = string.Create(CultureInfo.InvariantCulture, $"{file.Path}:{++number}");
            var isCutOff = file.IsCutOff && lines.EndOfStream;
            if (isCutOff && file != files[^1])
            {
                // Another file has the whole line, or it is missing.
                yield break;
            }

            var change = line.Length <= ChangelogFile.MaxLineLength ? Change.TryParse(line, isCutOff) : null;
            if (change is null)
            {
                if (isCutOff)
                {
                    CutOff = Place;
                    yield break;
                }

                throw new MetadataFileException($"{Place}: \"NUMBER: TIME|OPERATION(...)\" was expected, \"{(line.Length <= 100 ? line : line[..100])}\" was found");
            }

            if (change.Number >= from)
            {
                yield return change;
            }
        }
    }

    private static MetadataFileException Missing(ulong first, ulong last, string found) => new(
        string.Create(CultureInfo.InvariantCulture, $"changes {first} to {last} are missing: {found}. Put the changelogs that have them beside the file"));
}

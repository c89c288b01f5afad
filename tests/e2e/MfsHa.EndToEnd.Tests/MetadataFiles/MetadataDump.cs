using System.Text.RegularExpressions;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>What MooseFS's own <c>mfsmetadump</c> reads in a metadata.mfs.</summary>
internal sealed partial class MetadataDump
{
    private readonly string[] lines;

    private MetadataDump(string[] lines) => this.lines = lines;

    /// <summary>Runs a release's program. <see cref="CommandException"/> when it ends with another exit code than 0.</summary>
    public static async Task<MetadataDump> ReadAsync(MooseFsRelease release, string file, CancellationToken cancellation)
    {
        var result = await Command.TryRunAsync([Path.Combine(release.Root!, "usr/sbin/mfsmetadump"), "-d", file], cancellation: cancellation);
        Assert.True(result.ExitCode == 0 && result.Error.Length == 0, $"mfsmetadump {release} complains about {file} (exit code {result.ExitCode}):\n{result.Error}{result.Output[..Math.Min(result.Output.Length, 2000)]}");
        return new MetadataDump(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>How many lines begin so.</summary>
    public int Count(string prefix) => lines.Count(l => l.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Paths of everything in the tree, without a leading slash.</summary>
    public IReadOnlyCollection<string> Paths()
    {
        const int Root = 1;
        var children = lines.Select(static l => TreeEntry().Match(l)).Where(static m => m.Success)
            .ToLookup(static m => uint.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), static m => (Number: uint.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture), Name: m.Groups[3].Value));
        return [.. Below(Root, "")];

        IEnumerable<string> Below(uint directory, string prefix) => children[directory].SelectMany(c => Below(c.Number, $"{prefix}{c.Name}/").Prepend(prefix + c.Name));
    }

    /// <summary>What both must have, in any order: objects, entries and so on, but not headers, statistics of sessions, and edge ids of the trash.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="ignored">Beginning of lines that may differ; null: none.</param>
    public string Differences(MetadataDump other, string? ignored)
    {
        const int Most = 10;
        var (mine, theirs) = (Content(ignored).ToHashSet(StringComparer.Ordinal), other.Content(ignored).ToHashSet(StringComparer.Ordinal));
        return string.Join('\n', mine.Except(theirs).Take(Most).Select(static l => $"- {l}").Concat(theirs.Except(mine).Take(Most).Select(static l => $"+ {l}")));
    }

    private IEnumerable<string> Content(string? ignored)
    {
        // What sessions have open that were closed and so are not stored no mfsmaster takes over, either.
        var sessions = lines.Where(static l => l.StartsWith("SESSION|", StringComparison.Ordinal)).Select(static l => l.Split('|')[1]).ToHashSet(StringComparer.Ordinal);
        return lines
            .Where(l => (ignored is null || !l.StartsWith(ignored, StringComparison.Ordinal)) && !l.StartsWith('#') && !l.StartsWith("SESSION", StringComparison.Ordinal) && l.Contains('|', StringComparison.Ordinal))
            .Where(l => !l.StartsWith("OPENFILE|", StringComparison.Ordinal) || sessions.Contains(l.Split('|')[1]))
            .Select(Comparable);
    }

    // Of chunks 4.x stores counted references, which a file for older masters leaves to be counted, and when they were last written, which is not kept; the trash has new edge ids.
    private static string Comparable(string line) =>
        line.StartsWith("CHUNK|", StringComparison.Ordinal) ? LastWritten().Replace(CountedReferences().Replace(line, ""), "t:|")
        : TrashEntry().IsMatch(line) ? EdgeId().Replace(line, "i:|")
        : line;

    [GeneratedRegex("\\|\\((s:|\\)\\|c:).*$")]
    private static partial Regex CountedReferences();

    [GeneratedRegex("t: *[0-9]+\\|")]
    private static partial Regex LastWritten();

    [GeneratedRegex("^EDGE\\|p: *NULL")]
    private static partial Regex TrashEntry();

    [GeneratedRegex("^EDGE\\|p: *([0-9]+)\\|c: *([0-9]+)\\|i:0x[0-9A-Fa-f]+\\|n:(.*)$")]
    private static partial Regex TreeEntry();

    [GeneratedRegex("i:0x[0-9A-Fa-f]+\\|")]
    private static partial Regex EdgeId();
}

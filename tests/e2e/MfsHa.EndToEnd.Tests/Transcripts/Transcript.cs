using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Transcripts;

/// <summary>What a script did on a service and what came of it, as text without what may differ: inode numbers and the places of mounts.</summary>
internal sealed partial class Transcript
{
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly List<string> lines = [];
    private readonly Dictionary<string, int> chunks = [];
    private readonly List<(string Text, string Name)> names = [];

    /// <summary>Whether chunks are to be numbered in the order in which they appear, and their copies, times and places left out as far as they are chance.</summary>
    public bool OrderCopies { get; set; }

    /// <summary>Whether tools name inodes, which may differ, and list things by them.</summary>
    public bool HideInodes { get; set; }

    /// <summary>Whether sums over directories come a moment after what they count: tools that show them are asked until they say the same for a while.</summary>
    public bool TotalsLag { get; set; }

    /// <summary>The whole text.</summary>
    public override string ToString() => string.Join('\n', lines);

    /// <summary>From now on <paramref name="text"/> is written as <paramref name="name"/>; the longest text wins.</summary>
    public void Call(string text, string name)
    {
        names.Add((text, name));
        names.Sort(static (a, b) => b.Text.Length - a.Text.Length);
    }

    /// <summary>From now on this inode's number in hexadecimal, as meta mounts and mfsfileinfo write it, is the name.</summary>
    public void CallInode(ulong inode, string name)
        => Call(inode.ToString("X8", CultureInfo.InvariantCulture), $"<{name}>");

    /// <summary>One step and its answer: what <paramref name="act"/> returns, or the error.</summary>
    public void Note(string step, Func<string> act)
    {
        try
        {
            Add(step, act());
        }
        catch (PosixException e)
        {
            Add(step, e.Error.ToString());
        }
    }

    /// <inheritdoc cref="Note(string, Func{string})"/>
    public void Note(string step, Action act) => Note(step, () =>
    {
        act();
        return "done";
    });

    /// <summary>One of the mfstools, run in the mount's root: exit code and output.</summary>
    /// <param name="release">Whose tool; the mount's own if null.</param>
    /// <param name="input">What it reads from its terminal.</param>
    public async Task ToolAsync(Mount mount, string[] command, CancellationToken cancellation, MooseFsRelease? release = null, string input = "")
    {
        string[] here = ["sh", "-c", "cd \"$0\" && exec \"$@\"", mount.Path];
        var answer = await AskAsync();
        if (TotalsLag && command[0] is "mfsdirinfo" or "mfsgetquota")
        {
            for (var (same, asked) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp()); Stopwatch.GetElapsedTime(same) < Steady && Stopwatch.GetElapsedTime(asked) < LongestLag;)
            {
                await Task.Delay(Pause, cancellation);
                var next = await AskAsync();
                (answer, same) = next == answer ? (answer, same) : (next, Stopwatch.GetTimestamp());
            }
        }
        Add(string.Join(' ', command), answer);

        async Task<string> AskAsync()
        {
            var result = await Command.TryRunAsync(mount.Host.CommandLine([.. here, .. (release ?? mount.Release).Tool(command[0], command[1..])]), input, cancellation);
            return $"exit code {result.ExitCode}\n{result.Output}{result.Error}".TrimEnd();
        }
    }

    private void Add(string step, string answer)
    {
        if (OrderCopies)
        {
            answer = ChunkId().Replace(answer, match => Numbered(match));
            answer = ChunkTime().Replace(answer, "mtime");
            answer = string.Join('\n', Ordered(answer.Split('\n')));
        }
        if (HideInodes)
        {
            step = InodeNumber().Replace(step, "$1number");
            answer = string.Join('\n', InodeNumber().Replace(answer, "$1number").Split('\n').Order(StringComparer.Ordinal));
        }
        lines.Add(names.Aggregate($"{step}: {answer}", static (text, name) => text.Replace(name.Text, name.Name, StringComparison.Ordinal)));
    }

    private string Numbered(Match match)
    {
        if (!chunks.TryGetValue(match.Groups[1].Value, out var number))
        {
            chunks[match.Groups[1].Value] = number = chunks.Count + 1;
        }
        return string.Create(CultureInfo.InvariantCulture, $"chunk number {number} version {match.Groups[2].Value}");
    }

    // The lines of the copies of a chunk, without the numbers that chance has given them.
    private static IEnumerable<string> Ordered(string[] all)
    {
        for (var i = 0; i < all.Length;)
        {
            var copies = all.Skip(i).TakeWhile(static line => Copy().IsMatch(line)).ToList();
            foreach (var line in copies.Count == 0 ? all.Skip(i).Take(1) : copies.Select(static line => Copy().Replace(line, "copy:")).Order(StringComparer.Ordinal))
            {
                yield return line;
            }
            i += Math.Max(1, copies.Count);
        }
    }

    [GeneratedRegex(@"([0-9A-F]{16})_([0-9A-F]{8}) / \(id:\d+ ver:\d+\)")]
    private static partial Regex ChunkId();

    [GeneratedRegex(@"(inode: |-i )\d+")]
    private static partial Regex InodeNumber();

    [GeneratedRegex(@"mtime:\d+ \([^)]*\)")]
    private static partial Regex ChunkTime();

    [GeneratedRegex(@"copy \d+:")]
    private static partial Regex Copy();
}

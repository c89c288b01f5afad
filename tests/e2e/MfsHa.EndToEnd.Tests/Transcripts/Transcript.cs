using System.Globalization;
using System.Text.RegularExpressions;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Transcripts;

/// <summary>What a script did on a service and what came of it, as text without what may differ: inode numbers and the places of mounts.</summary>
internal sealed partial class Transcript
{
    private readonly List<string> lines = [];
    private readonly Dictionary<string, int> chunks = [];
    private readonly List<(string Text, string Name)> names = [];

    /// <summary>Whether chunks are to be numbered in the order in which they appear, and their copies, times and places left out as far as they are chance.</summary>
    public bool OrderCopies { get; set; }

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
        var result = await Command.TryRunAsync(mount.Host.CommandLine([.. here, .. (release ?? mount.Release).Tool(command[0], command[1..])]), input, cancellation);
        Add(string.Join(' ', command), $"exit code {result.ExitCode}\n{result.Output}{result.Error}".TrimEnd());
    }

    private void Add(string step, string answer)
    {
        if (OrderCopies)
        {
            answer = ChunkId().Replace(answer, match => Numbered(match));
            answer = ChunkTime().Replace(answer, "mtime");
            answer = string.Join('\n', Ordered(answer.Split('\n')));
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

    [GeneratedRegex(@"mtime:\d+ \([^)]*\)")]
    private static partial Regex ChunkTime();

    [GeneratedRegex(@"copy \d+:")]
    private static partial Regex Copy();
}

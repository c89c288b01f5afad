using System.Diagnostics;
using System.Globalization;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Caching;

/// <summary>Two clients and some files: in every round one of them changes a file, then the other opens it, and both look at files that they hold open.</summary>
internal sealed class CachingPair : IDisposable
{
    private const int Longest = 150_000;

    /// <summary>How soon a change shows through a file that was open before it: the service tells the client at once, the kernel keeps attributes for a second.</summary>
    private static readonly TimeSpan SoonSeen = TimeSpan.FromSeconds(5);

    private readonly Random random;
    private readonly string[] roots;
    private readonly byte[][] contents;
    private readonly PosixFile?[,] held;
    private readonly Dictionary<string, int> counts = [];
    private TimeSpan slowest;

    public CachingPair(int seed, string first, string second, int files)
    {
        random = new Random(seed);
        roots = [first, second];
        contents = new byte[files][];
        held = new PosixFile?[2, files];
        for (var file = 0; file < files; file++)
        {
            contents[file] = Content.Bytes((ulong)file, Longest / (file + 1));
            Save(Path(0, file), contents[file], OpenFlags.Create);
        }
    }

    /// <summary>How often each change was made, and how long the slowest took to show through a file held open.</summary>
    public string Summary => $"{string.Join(", ", counts.OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => $"{c.Key} {c.Value}"))}; shown after {slowest.TotalMilliseconds:0} ms at most";

    public void Round(int number)
    {
        var (writer, file) = (random.Next(2), random.Next(contents.Length));
        var reader = 1 - writer;

        Read(reader, file);
        var change = Change(number, writer, file);
        counts[change] = counts.GetValueOrDefault(change) + 1;
        var what = string.Create(CultureInfo.InvariantCulture, $"round {number}: client {writer} did {change} to file {file}, client {reader}");
        AssertOpened(what, writer, reader, file);
        AssertHeld(what, reader, file);
    }

    /// <summary>In the end nothing differs, not even times. (A client tells the time of its last write about a second later; with a mfsmaster, too.)</summary>
    public Task AssertSettledAsync(CancellationToken cancellation)
        => Deadline.WaitAsync(
            "both clients see the same attributes", SoonSeen,
            () => Enumerable.Range(0, contents.Length).All(file => Settled(0, file) == Settled(1, file)), cancellation);

    public void Dispose()
    {
        foreach (var file in held)
        {
            file?.Dispose();
        }
    }

    private static void Save(string path, byte[] content, OpenFlags flags)
    {
        using var file = new PosixFile(path, OpenFlags.Write | flags);
        file.Write(content, 0);
    }

    private static byte[] ReadAll(PosixFile file)
    {
        var buffer = new byte[2 * Longest];
        return buffer[..file.Read(buffer, 0)];
    }

    // Each client has read at times of its own.
    private FileStatus Settled(int client, int file) => P.Stat(Path(client, file)) with { AccessTime = 0, Device = default };

    private string Path(int client, int file) => string.Create(CultureInfo.InvariantCulture, $"{roots[client]}/file{file}");

    // The client's caches are full of the file. If it keeps it open, the service tells it of changes; if not, only its next open can.
    private void Read(int client, int file)
    {
        var open = held[client, file] ?? new PosixFile(Path(client, file), OpenFlags.Read);
        AssertContent(string.Create(CultureInfo.InvariantCulture, $"client {client} looks at file {file}, which nobody changes, and"), contents[file], ReadAll(open));
        held[client, file] = open;
        if (random.Next(2) == 0)
        {
            open.Dispose();
            held[client, file] = null;
        }
    }

    private string Change(int number, int writer, int file)
    {
        var path = Path(writer, file);
        var old = contents[file];
        var fresh = Content.Bytes((ulong)(1000 + number), random.Next(1, Longest));
        switch (random.Next(8))
        {
            case 0 or 6 or 7:
                // Neither length nor (in the same second) time tell a kernel of it.
                fresh = fresh[..Math.Min(fresh.Length, old.Length)];
                contents[file] = [.. fresh, .. old.AsSpan(fresh.Length)];
                Save(path, fresh, 0);
                return "overwrite";
            case 1:
                contents[file] = fresh;
                Save(path, fresh, OpenFlags.Truncate);
                return "rewrite";
            case 2 when old.Length + fresh.Length < 2 * Longest:
                contents[file] = [.. old, .. fresh];
                using (var end = new PosixFile(path, OpenFlags.Write | OpenFlags.Append))
                {
                    end.Append(fresh);
                }
                return "append";
            case 3 when old.Length > 0:
                contents[file] = old[..random.Next(old.Length)];
                P.Truncate(path, contents[file].Length);
                return "truncate";
            case 4:
                contents[file] = fresh;
                Save($"{path}.new", fresh, OpenFlags.Create);
                P.Rename($"{path}.new", path);
                for (var client = 0; client < roots.Length; client++)
                {
                    held[client, file]?.Dispose();
                    held[client, file] = null;
                }
                return "replace";
            default:
                P.ChangeMode(path, (uint)random.Next(1, 0x200) | 0x180);
                return "chmod";
        }
    }

    // What was closed before is all there when the file is opened.
    private void AssertOpened(string what, int writer, int reader, int file)
    {
        byte[] found;
        using (var opened = new PosixFile(Path(reader, file), OpenFlags.Read))
        {
            found = ReadAll(opened);
        }
        AssertContent($"{what} opened it", contents[file], found);
        var (mine, theirs) = (P.Stat(Path(writer, file)), P.Stat(Path(reader, file)));
        Assert.Equal(contents[file].Length, theirs.Size);
        Assert.Equal((mine.Mode, mine.Inode, mine.Links), (theirs.Mode, theirs.Inode, theirs.Links));
    }

    private void AssertHeld(string what, int reader, int file)
    {
        if (held[reader, file] is not { } open)
        {
            return;
        }
        var begun = Stopwatch.GetTimestamp();
        byte[] found;
        while (!(found = ReadAll(open)).AsSpan().SequenceEqual(contents[file]) && Stopwatch.GetElapsedTime(begun) < SoonSeen)
        {
            System.Threading.Thread.Sleep(1);
        }
        var took = Stopwatch.GetElapsedTime(begun);
        slowest = took > slowest ? took : slowest;
        AssertContent($"{what} had it open", contents[file], found);
        Assert.Equal(contents[file].Length, open.Stat().Size);
    }

    private static void AssertContent(string what, byte[] expected, byte[] found)
    {
        var same = expected.AsSpan().CommonPrefixLength(found);
        Assert.True(same == expected.Length && same == found.Length, $"{what}: {found.Length} bytes instead of {expected.Length}, different from byte {same} on");
    }
}

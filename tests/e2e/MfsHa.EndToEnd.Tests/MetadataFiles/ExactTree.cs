using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>A whole tree as text, one line a path: everything that stat(2) tells, inode numbers and times as they are, extended attributes, ACLs, targets and contents.</summary>
internal sealed class ExactTree
{
    private const long WholeUpTo = 100L << 20;
    private const long SampleEvery = 64L << 20;
    private const int BlockBytes = 1 << 16;
    private static readonly TimeSpan SettledFor = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan SettledLimit = TimeSpan.FromSeconds(180);

    private readonly SortedDictionary<string, string> lines = new(StringComparer.Ordinal);

    private readonly Dictionary<ulong, string> firstNames = [];

    /// <summary>Walks everything below <paramref name="root"/>. Of very long files one block of every chunk is read.</summary>
    public static ExactTree Take(string root)
    {
        var tree = new ExactTree();
        tree.Visit(root, ".");
        return tree;
    }

    /// <summary>The same, once all walks of a while agree: what a client knows of the sizes of directories is old, and with several shards they are themselves up to a second behind.</summary>
    public static async Task<ExactTree> TakeSettledAsync(string root, CancellationToken cancellation)
    {
        var tree = Take(root);
        var unchanged = Stopwatch.StartNew();
        await Deadline.WaitAsync($"walks through {root} see the same for {SettledFor}", SettledLimit, () =>
        {
            var now = Take(root);
            if (tree.Differences(now).Length > 0)
            {
                (tree, unchanged) = (now, Stopwatch.StartNew());
            }

            return unchanged.Elapsed >= SettledFor;
        }, cancellation);
        return tree;
    }

    /// <summary>What the two do not agree on, at most ten paths; empty if they are the same.</summary>
    public string Differences(ExactTree other)
    {
        const int Most = 10;
        var different = lines.Keys.Union(other.lines.Keys).Order(StringComparer.Ordinal)
            .Where(path => lines.GetValueOrDefault(path) != other.lines.GetValueOrDefault(path))
            .Take(Most)
            .Select(path => $"{path}\n  {lines.GetValueOrDefault(path, "(absent)")}\n  {other.lines.GetValueOrDefault(path, "(absent)")}");
        return string.Join('\n', different);
    }

    private void Visit(string path, string name)
    {
        // The status comes first: a client that has read a file tells another access time.
        var status = P.Stat(path);
        if (!firstNames.TryAdd(status.Inode, name))
        {
            lines.Add(name, $"same as {firstNames[status.Inode]}");
            return;
        }

        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{status.Kind} inode {status.Inode} {Convert.ToString(status.Mode, 8)} {status.User}:{status.Group} links {status.Links} size {status.Size} a {status.AccessTime} m {status.ModificationTime} c {status.ChangeTime}");
        if (status.Kind is FileKind.BlockDevice or FileKind.CharacterDevice)
        {
            line += $" device {status.RawDevice}";
        }

        line += string.Concat(P.ListAttributes(path).Order(StringComparer.Ordinal).Select(a => $" {a}={Hash(P.GetAttribute(path, a))}"));
        switch (status.Kind)
        {
            case FileKind.Directory:
                foreach (var child in P.ReadDirectory(path))
                {
                    Visit($"{path}/{child}", $"{name}/{child}");
                }

                break;
            case FileKind.File:
                line += $" content {ContentOf(path, status.Size)}";
                break;
            case FileKind.Symlink:
                line += $" -> {P.ReadLink(path)}";
                break;
            default:
                break;
        }

        lines.Add(name, line);
    }

    private static string ContentOf(string path, long size)
    {
        var hash = new XxHash3();
        var block = new byte[BlockBytes];
        using var file = new PosixFile(path, OpenFlags.Read);
        var step = size <= WholeUpTo ? BlockBytes : SampleEvery;
        for (long offset = 0; offset < size; offset += step)
        {
            var read = file.Read(block.AsSpan(0, (int)Math.Min(BlockBytes, size - offset)), offset);
            hash.Append(block.AsSpan(0, read));
        }

        return hash.GetCurrentHashAsUInt64().ToString("X16", CultureInfo.InvariantCulture);
    }

    private static string Hash(byte[] bytes) => $"{bytes.Length}:{XxHash3.HashToUInt64(bytes):X16}";
}

using MfsHa.EndToEnd.Tests.Differential.Operations;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>A whole tree as text, one line a path: status, content, link target, extended attributes, the other names of the inode.</summary>
internal sealed class TreeSnapshot
{
    private readonly SortedDictionary<string, string> lines = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, string> firstNames = [];
    private readonly TimeScale times;

    private TreeSnapshot(TimeScale times) => this.times = times;

    /// <summary>Walks everything below <paramref name="root"/>.</summary>
    public static TreeSnapshot Take(string root, TimeScale times)
    {
        var snapshot = new TreeSnapshot(times);
        snapshot.Visit(root, ".");
        return snapshot;
    }

    /// <summary>The first path, in order, that the two do not agree on; null if they are the same.</summary>
    public Difference? FindDifference(TreeSnapshot other)
    {
        foreach (var path in lines.Keys.Union(other.lines.Keys).Order(StringComparer.Ordinal))
        {
            var (mine, theirs) = (lines.GetValueOrDefault(path, "(absent)"), other.lines.GetValueOrDefault(path, "(absent)"));
            if (mine != theirs)
            {
                return new Difference($"tree at {path}", mine, theirs);
            }
        }
        return null;
    }

    private void Visit(string path, string name)
    {
        // The status comes first: reading content or names moves the access time.
        var status = P.Stat(path);
        var line = StatusText.Of(status, times);
        line += string.Concat(P.ListAttributes(path).Order(StringComparer.Ordinal).Select(attribute => $" {attribute}={GetAttribute.Describe(P.GetAttribute(path, attribute))}"));
        switch (status.Kind)
        {
            case FileKind.Directory:
                foreach (var child in P.ReadDirectory(path).Order(StringComparer.Ordinal))
                {
                    Visit($"{path}/{child}", $"{name}/{child}");
                }
                break;
            case FileKind.File:
                line += $" content {Read.Describe(path)}";
                break;
            case FileKind.Symlink:
                line += $" -> {P.ReadLink(path)}";
                break;
            default:
                break;
        }
        if (status.Kind is not FileKind.Directory && status.Links > 1)
        {
            firstNames.TryAdd(status.Inode, name);
            line += $" same as {firstNames[status.Inode]}";
        }
        if (!lines.TryAdd(name, line))
        {
            throw new InvalidDataException($"{name} is listed twice");
        }
    }
}

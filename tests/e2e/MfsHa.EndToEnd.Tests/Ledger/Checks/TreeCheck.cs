using System.Globalization;
using MfsHa.EndToEnd.Tests.Ledger.Clients;

namespace MfsHa.EndToEnd.Tests.Ledger.Checks;

/// <summary>Compares a folder with what it must hold, through any client: listings, look-ups, link counts, inodes, contents.</summary>
internal static class TreeCheck
{
    /// <summary>The first difference; null if there is none.</summary>
    /// <param name="partial">A data change with unknown outcome: each byte of its file may be the old or the new one.</param>
    public static async Task<(string Path, string Difference)?> CompareAsync(
        ILedgerClient client, string folder, Tree tree, (Tree After, string Path)? partial, CancellationToken cancellation)
    {
        Dictionary<ulong, int> objects = [];
        foreach (var directory in tree.DirectoryPaths)
        {
            var listed = await client.ListAsync(Tree.Join(folder, directory), cancellation).ConfigureAwait(false);
            if (CompareNames(listed, [.. tree.NamesIn(directory)]) is { } names)
            {
                return (directory, names);
            }
        }
        foreach (var (path, number) in tree.Entries)
        {
            var at = path.Length == 0 ? folder : Tree.Join(folder, path);
            if (await client.StatAsync(at, cancellation).ConfigureAwait(false) is not { } facts)
            {
                return (path, "is listed but not found");
            }
            if (CompareFacts(tree, path, facts, isPartial: partial?.Path == path) is { } difference)
            {
                return (path, difference);
            }
            if (!objects.TryAdd(facts.Inode, number) && objects[facts.Inode] != number)
            {
                return (path, $"inode {facts.Inode} belongs to another file, too");
            }
            if (client.HasData && tree.IsFile(path)
                && CompareContent(tree, path, partial, await client.ReadAsync(at, cancellation).ConfigureAwait(false)) is { } bytes)
            {
                return (path, bytes);
            }
        }
        return objects.Count == tree.Entries.Values.Distinct().Count() ? null : ("", "two names of one file are two files");
    }

    public static string? CompareNames(IReadOnlyList<string> listed, IReadOnlyCollection<string> expected)
    {
        if (listed.GroupBy(static name => name).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            return $"the listing has {twice.Key} {twice.Count()} times";
        }
        var lost = expected.Except(listed).ToArray();
        var surplus = listed.Except(expected).ToArray();
        return lost.Length + surplus.Length == 0 ? null
            : $"the listing lacks [{string.Join(' ', lost)}] and has too much [{string.Join(' ', surplus)}]";
    }

    public static string? CompareFacts(Tree tree, string path, EntryFacts facts, bool isPartial = false)
    {
        if (facts.IsDirectory != tree.IsDirectory(path))
        {
            return facts.IsDirectory ? "is a directory" : "is no directory";
        }
        if (facts.Links != tree.LinksOf(path))
        {
            return $"has {facts.Links} links instead of {tree.LinksOf(path)}";
        }
        return facts.IsDirectory || isPartial || facts.Size == tree.ContentOf(path).Length ? null
            : $"has {facts.Size} bytes instead of {tree.ContentOf(path).Length}";
    }

    public static string? CompareContent(Tree tree, string path, (Tree After, string Path)? partial, byte[] found)
    {
        var expected = tree.ContentOf(path);
        if (partial is { } unknown && tree.Entries[unknown.Path] == tree.Entries[path])
        {
            return ComparePartial(expected, unknown.After.ContentOf(unknown.Path), found);
        }
        var same = expected.AsSpan().CommonPrefixLength(found);
        return same == expected.Length && same == found.Length ? null
            : string.Create(CultureInfo.InvariantCulture, $"has {found.Length} bytes instead of {expected.Length} and differs from byte {same} on");
    }

    private static string? ComparePartial(byte[] before, byte[] after, byte[] found)
    {
        if (found.Length < Math.Min(before.Length, after.Length) || found.Length > Math.Max(before.Length, after.Length))
        {
            return $"has {found.Length} bytes, neither {before.Length} nor {after.Length}";
        }
        for (var i = 0; i < found.Length; i++)
        {
            if ((i >= before.Length || found[i] != before[i]) && (i >= after.Length || found[i] != after[i]) && !(i >= before.Length && found[i] == 0))
            {
                return $"byte {i} is neither the old nor the new one";
            }
        }
        return null;
    }
}

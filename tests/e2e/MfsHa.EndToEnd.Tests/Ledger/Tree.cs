using System.Collections.Immutable;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>
/// What a folder must hold: names (relative to it, "" is the folder itself) with numbers of objects, and the files' contents. An
/// object without contents is a directory; names with one number are hard links. Immutable: every change makes a new one.
/// </summary>
internal sealed record Tree(ImmutableSortedDictionary<string, int> Entries, ImmutableDictionary<int, byte[]> Files, int NextObject)
{
    public static Tree Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal).Add("", 0), ImmutableDictionary<int, byte[]>.Empty, 1);

    public IEnumerable<string> FilePaths => Entries.Where(e => Files.ContainsKey(e.Value)).Select(static e => e.Key);

    public IEnumerable<string> DirectoryPaths => Entries.Where(e => !Files.ContainsKey(e.Value)).Select(static e => e.Key);

    public bool Exists(string path) => Entries.ContainsKey(path);

    public bool IsFile(string path) => Entries.TryGetValue(path, out var number) && Files.ContainsKey(number);

    public bool IsDirectory(string path) => Entries.TryGetValue(path, out var number) && !Files.ContainsKey(number);

    public byte[] ContentOf(string path) => Files[Entries[path]];

    /// <summary>Names directly in a directory.</summary>
    public IEnumerable<string> NamesIn(string directory)
    {
        var prefix = directory.Length == 0 ? "" : directory + "/";
        return Entries.Keys
            .Where(path => path.Length > prefix.Length && path.StartsWith(prefix, StringComparison.Ordinal) && path.IndexOf('/', prefix.Length) < 0)
            .Select(path => path[prefix.Length..]);
    }

    /// <summary>What st_nlink must say.</summary>
    public int LinksOf(string path)
    {
        var number = Entries[path];
        return Files.ContainsKey(number)
            ? Entries.Count(entry => entry.Value == number)
            : 2 + NamesIn(path).Count(name => IsDirectory(Join(path, name)));
    }

    public static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    public Tree WithFile(string path) => new(Entries.SetItem(path, NextObject), Files.SetItem(NextObject, []), NextObject + 1);

    public Tree WithDirectory(string path) => this with { Entries = Entries.SetItem(path, NextObject), NextObject = NextObject + 1 };

    public Tree WithContent(string path, byte[] content) => this with { Files = Files.SetItem(Entries[path], content) };

    public Tree WithLink(string existing, string path) => this with { Entries = Entries.SetItem(path, Entries[existing]) };

    public Tree Without(string path)
    {
        var number = Entries[path];
        var rest = Entries.Remove(path);
        return this with { Entries = rest, Files = rest.ContainsValue(number) ? Files : Files.Remove(number) };
    }

    /// <summary>Moves a name and everything below it; what was at the new name is gone.</summary>
    public Tree Moved(string from, string to)
    {
        if (Exists(to) && Entries[to] == Entries[from])
        {
            // Two names of one object: rename(2) leaves both.
            return this;
        }
        var tree = Exists(to) ? Without(to) : this;
        var entries = tree.Entries.ToBuilder();
        foreach (var (path, number) in tree.Entries)
        {
            if (path == from || path.StartsWith(from + "/", StringComparison.Ordinal))
            {
                entries.Remove(path);
                entries[to + path[from.Length..]] = number;
            }
        }
        return tree with { Entries = entries.ToImmutable() };
    }
}

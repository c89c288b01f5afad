namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>
/// The names that the steps so far have left, by what the first service answered. It only serves to make the next steps
/// meaningful; paths through symbolic links and "." or ".." are not followed.
/// </summary>
internal sealed class NameModel
{
    private readonly SortedDictionary<string, NameKind> entries = new(StringComparer.Ordinal) { [""] = NameKind.Directory };

    public IEnumerable<string> All => entries.Keys;

    public IEnumerable<string> Of(NameKind kind) => entries.Where(entry => entry.Value == kind).Select(static entry => entry.Key);

    public NameKind KindOf(string path) => entries.GetValueOrDefault(path);

    public void Add(string path, NameKind kind)
    {
        if (KindOf(Parent(path)) is NameKind.Directory)
        {
            entries.TryAdd(path, kind);
        }
    }

    public void Remove(string path) => Take(path);

    public void Move(string from, string to)
    {
        var tree = Take(from);
        Take(to);
        Put(to, tree);
    }

    /// <summary>Adds copies of a name and of everything below it.</summary>
    public void Copy(string from, string to) => Put(to, Below(from));

    public void Exchange(string one, string other)
    {
        var (first, second) = (Take(one), Take(other));
        Put(other, first);
        Put(one, second);
    }

    private static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private List<(string Below, NameKind Kind)> Take(string path)
    {
        var tree = Below(path);
        foreach (var (below, _) in tree)
        {
            entries.Remove(path + below);
        }
        return tree;
    }

    private List<(string Below, NameKind Kind)> Below(string path) => path.Length == 0 ? [] : [.. entries
        .Where(entry => entry.Key == path || entry.Key.StartsWith(path + "/", StringComparison.Ordinal))
        .Select(entry => (entry.Key[path.Length..], entry.Value))];

    private void Put(string path, List<(string Below, NameKind Kind)> tree)
    {
        foreach (var (below, kind) in tree)
        {
            Add(path + below, kind);
        }
    }
}

using System.Collections.Concurrent;

namespace MfsHa.Demo.Load;

/// <summary>Everything that the mount acknowledged, by path relative to it. Written by the workers, read when they have ended.</summary>
public sealed class Ledger
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string?>> folders = new(StringComparer.Ordinal);

    /// <summary>Folders in which things were made.</summary>
    public IReadOnlyList<string> Folders => [.. folders.Keys.Order(StringComparer.Ordinal)];

    /// <summary>All entries, files and directories.</summary>
    public int Count => folders.Values.Sum(static entries => entries.Count);

    public void AddFolder(string folder) => folders.TryAdd(folder, new(StringComparer.Ordinal));

    /// <param name="checksum">SHA-256 of a file's content, hexadecimal; null: the entry is a directory.</param>
    public void Add(string folder, string name, string? checksum = null) => folders[folder][name] = checksum;

    public void Rename(string folder, string from, string to)
    {
        if (folders[folder].TryRemove(from, out var checksum))
        {
            folders[folder][to] = checksum;
        }
    }

    /// <summary>What must be in a folder, nothing more and nothing less: names, and checksums of files.</summary>
    public IReadOnlyDictionary<string, string?> EntriesOf(string folder) => folders[folder];
}

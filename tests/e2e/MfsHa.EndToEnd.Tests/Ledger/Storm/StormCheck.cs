using MfsHa.EndToEnd.Tests.Ledger.Clients;

namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>What must be there after the storm: every directory once, below the root; every file where its client knows it to be; link counts as many as names.</summary>
internal sealed class StormCheck(ILedgerClient reader)
{
    private readonly Dictionary<string, Place> directories = [];
    private readonly Dictionary<Place, EntryFacts> files = [];
    private readonly Dictionary<string, EntryFacts> vault = [];

    /// <summary>The first thing that is wrong, with the name concerned; null if nothing is.</summary>
    public async Task<(string Name, string Text)?> RunAsync(StormArea area, IReadOnlyCollection<StormWorker> workers, CancellationToken cancellation)
    {
        if (await VisitAsync(StormArea.Root, StormArea.Root, depth: 0, cancellation).ConfigureAwait(false) is { } wrong)
        {
            return wrong;
        }
        if (area.Directories.FirstOrDefault(d => !directories.ContainsKey(d)) is { } lost)
        {
            return (lost, $"{lost} is nowhere below the root");
        }
        foreach (var file in workers.SelectMany(static worker => worker.Own))
        {
            if (CheckOwn(file) is { } misplaced)
            {
                return (file.Place?.Name ?? file.VaultName, misplaced);
            }
        }
        foreach (var (name, facts) in vault)
        {
            var found = files.Where(f => f.Value.Inode == facts.Inode).Select(static f => f.Key).ToArray();
            if (found.Length > 1 || facts.Links != found.Length + 1)
            {
                return (name, $"{name} has {facts.Links} links and besides the one in the vault the names [{string.Join(' ', found.AsEnumerable())}]");
            }
        }
        var strange = files.FirstOrDefault(f => vault.Values.All(v => v.Inode != f.Value.Inode));
        if (strange.Key is not null)
        {
            return (strange.Key.Name, $"nobody made the file that {strange.Key} is");
        }
        var gone = area.SharedNames.Count(name => vault[name].Links == 1);
        var replacements = workers.Sum(static worker => worker.Replacements);
        return gone <= replacements ? null : ("", $"{gone} of the files that everybody moves are gone, but only {replacements} moves can have replaced one");
    }

    private async Task<(string Name, string Text)?> VisitAsync(string name, string path, int depth, CancellationToken cancellation)
    {
        var names = await reader.ListAsync(path, cancellation).ConfigureAwait(false);
        if (names.GroupBy(static n => n).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            return (twice.Key, $"{path} lists {twice.Key} {twice.Count()} times");
        }
        var subdirectories = 0;
        foreach (var child in names)
        {
            if (await reader.StatAsync($"{path}/{child}", cancellation).ConfigureAwait(false) is not { } facts)
            {
                return (child, $"{path}/{child} is listed but not found");
            }
            if (!facts.IsDirectory)
            {
                if (name == StormArea.Vault)
                {
                    vault.Add(child, facts);
                }
                else
                {
                    files.Add(new Place(name, child), facts);
                }
                continue;
            }
            subdirectories++;
            if (!directories.TryAdd(child, new Place(name, child)))
            {
                return (child, $"{child} is in {directories[child].Directory} and in {name}");
            }
            if (await VisitAsync(child, $"{path}/{child}", depth + 1, cancellation).ConfigureAwait(false) is { } wrong)
            {
                return wrong;
            }
        }
        var own = await reader.StatAsync(path, cancellation).ConfigureAwait(false);
        return own?.Links == subdirectories + 2 ? null : (name, $"{path} has {own?.Links} links and {subdirectories} directories in it");
    }

    private string? CheckOwn(OwnFile file)
    {
        var inode = vault[file.VaultName].Inode;
        var found = files.Where(f => f.Value.Inode == inode).Select(static f => f.Key).ToArray();
        var place = found is [var one] ? one : null;
        if (found.Length > 1 || (place != file.Place && (file.Unknown is not { } unknown || place != unknown.Other)))
        {
            return $"{file.VaultName} must be at {file.Place?.ToString() ?? "no place"}{(file.Unknown is { } u ? $" or, after {u.Step}, at {u.Other}" : "")}, and is at [{string.Join(' ', found.AsEnumerable())}]";
        }
        return null;
    }
}

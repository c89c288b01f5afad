using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>An application on a mount: it has to know the way to a directory, and finds ENOENT when others have moved a part of it.</summary>
internal sealed class StormMount(MountClient mount, bool knowsModes) : IStormClient
{
    private Dictionary<string, string> parents = [];

    public string Name => mount.Name;

    public bool KnowsModes => knowsModes;

    public bool FindsDirectories => false;

    public async Task<IReadOnlyDictionary<string, string>> LookAroundAsync(CancellationToken cancellation)
    {
        Dictionary<string, string> found = [];
        var open = new Queue<string>([StormArea.Root]);
        while (open.TryDequeue(out var directory))
        {
            parents = found;
            foreach (var child in (await ListAsync(directory, cancellation).ConfigureAwait(false) ?? []).Where(StormArea.IsDirectory))
            {
                // What is moved while this looks may be met twice.
                if (found.TryAdd(child, directory))
                {
                    open.Enqueue(child);
                }
            }
        }
        return parents;
    }

    public async Task<IReadOnlyList<string>?> ListAsync(string directory, CancellationToken cancellation)
    {
        try
        {
            return await mount.ListAsync(PathTo(directory), cancellation).ConfigureAwait(false);
        }
        catch (PosixException e) when (e.Error is Errno.NoEntry or Errno.TooManySymlinks)
        {
            return null;
        }
    }

    public Task MoveAsync(Place from, Place to, RenameMode mode, CancellationToken cancellation)
        => mount.RenameAsync($"{PathTo(from.Directory)}/{from.Name}", $"{PathTo(to.Directory)}/{to.Name}", mode, cancellation);

    private string PathTo(string directory)
    {
        var path = directory;
        for (var steps = 0; directory != StormArea.Root; steps++)
        {
            if (steps > parents.Count || !parents.TryGetValue(directory, out var parent))
            {
                throw new PosixException(Errno.NoEntry, "find the way to", path);
            }
            directory = parent;
            path = $"{directory}/{path}";
        }
        return path;
    }
}

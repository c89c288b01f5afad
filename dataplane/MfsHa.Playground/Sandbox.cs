using System.Runtime.ExceptionServices;
using MfsHa.Playground.Networking;

namespace MfsHa.Playground;

/// <summary>
/// Everything that a cluster on this one machine needs of it: a network, a folder, processes. All of it is gone after disposal, unless it
/// is kept on purpose; what a killed process left behind goes when the next sandbox of the same kind is made (<see cref="SandboxSweep"/>).
/// </summary>
public class Sandbox : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly SandboxName name;
    private Network? network;

    protected Sandbox(SandboxName name, string baseFolder)
    {
        this.name = name;
        Folder = Path.Combine(baseFolder, name.ToString());
    }

    /// <summary>Holds configuration, data, logs and mount points.</summary>
    public string Folder { get; }

    public Network Network => network ?? throw new InvalidOperationException("the sandbox is not prepared");

    /// <summary>The host from which this process itself speaks to services.</summary>
    public Host Observer => Network.Hosts[0];

    /// <summary>Whether disposal leaves the folder.</summary>
    protected bool KeepFolder { get; init; }

    /// <summary>Makes an empty sandbox in a new folder under <paramref name="baseFolder"/>.</summary>
    public static Task<Sandbox> CreateAsync(string prefix, string baseFolder, CancellationToken cancellation = default)
        => PrepareAsync(new Sandbox(SandboxName.Next(prefix), baseFolder), baseFolder, cancellation);

    /// <summary>An empty folder that other users may enter.</summary>
    public string CreateFolder(string name)
    {
        var path = Path.Combine(Folder, name);
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} exists");
        }
        return Directory.CreateDirectory(path).FullName;
    }

    public string LogFile(string name) => Path.Combine(Folder, $"{name}.log");

    /// <summary>Registers something to be disposed with the sandbox, last come first gone.</summary>
    public T Own<T>(T item) where T : IAsyncDisposable
    {
        owned.Add(item);
        return item;
    }

    /// <summary>Leaves everything running when this process ends; <see cref="SandboxSweep.RemoveAsync"/> ends it. Disposal does nothing afterwards.</summary>
    public void Keep()
    {
        File.WriteAllText(Path.Combine(Folder, SandboxSweep.KeptMarker), "");
        owned.Clear();
        network = null;
    }

    /// <summary>Removes all of it. That one part resists does not save the others; the first failure is thrown at the end.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        List<Exception> failures = [];
        foreach (var item in Enumerable.Reverse(owned))
        {
            await TryAsync(() => item.DisposeAsync().AsTask()).ConfigureAwait(false);
        }
        owned.Clear();
        if (network is { } all)
        {
            network = null;
            await TryAsync(all.DeleteAsync).ConfigureAwait(false);
            if (!KeepFolder)
            {
                await TryAsync(() => SandboxSweep.RemoveAsync(Folder)).ConfigureAwait(false);
            }
        }
        if (failures.Count > 0)
        {
            ExceptionDispatchInfo.Throw(failures[0]);
        }

        async Task TryAsync(Func<Task> removal)
        {
            try
            {
                await removal().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }
    }

    /// <summary>Makes folder and network of a new sandbox; sweeps first. Nothing is left if it fails.</summary>
    protected static async Task<T> PrepareAsync<T>(T sandbox, string baseFolder, CancellationToken cancellation) where T : Sandbox
    {
        await SandboxSweep.SweepAsync(sandbox.name.Prefix, baseFolder, cancellation).ConfigureAwait(false);
        Directory.CreateDirectory(sandbox.Folder);
        try
        {
            sandbox.network = await Network.CreateAsync(sandbox.name.ToString(), cancellation).ConfigureAwait(false);
            await sandbox.Network.AddHostAsync("observer", cancellation).ConfigureAwait(false);
            return sandbox;
        }
        catch
        {
            await SandboxSweep.RemoveAsync(sandbox.Folder, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }
}

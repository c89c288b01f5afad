using MfsHa.Testbed.Networking;

namespace MfsHa.Testbed;

/// <summary>
/// Everything one test needs of the machine: a network, a folder, processes. All of it is gone after disposal; what a killed
/// test run left behind goes when the next one starts (<see cref="Leftovers"/>).
/// </summary>
public sealed class TestEnvironment : IAsyncDisposable
{
    private static int counter;

    private readonly List<IAsyncDisposable> owned = [];
    private readonly bool keepFolder = Environment.GetEnvironmentVariable("MFSHA_TESTBED_KEEP") is "1";

    private TestEnvironment(string folder, Network network)
    {
        Folder = folder;
        Network = network;
    }

    /// <summary>Holds configuration, data, logs and mount points.</summary>
    public string Folder { get; }

    public Network Network { get; }

    /// <summary>The host from which the test itself speaks to services.</summary>
    public Host Observer => Network.Hosts[0];

    /// <summary>Makes an empty environment.</summary>
    public static async Task<TestEnvironment> CreateAsync(CancellationToken cancellation = default)
    {
        await Leftovers.SweepAsync(cancellation).ConfigureAwait(false);
        var name = $"{Leftovers.Prefix}-{OwnerTag.OfThisProcess()}-{Interlocked.Increment(ref counter)}";
        var folder = Path.Combine(Leftovers.BaseFolder, name);
        Directory.CreateDirectory(folder);
        var environment = new TestEnvironment(folder, await Network.CreateAsync(name, cancellation).ConfigureAwait(false));
        await environment.Network.AddHostAsync("observer", cancellation).ConfigureAwait(false);
        return environment;
    }

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

    /// <summary>Registers something to be disposed with the environment, last come first gone.</summary>
    public T Own<T>(T item) where T : IAsyncDisposable
    {
        owned.Add(item);
        return item;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var item in Enumerable.Reverse(owned))
        {
            await item.DisposeAsync().ConfigureAwait(false);
        }
        await Network.DeleteAsync().ConfigureAwait(false);
        if (!keepFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}

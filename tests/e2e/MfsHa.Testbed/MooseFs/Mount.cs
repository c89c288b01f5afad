using MfsHa.Testbed.Native;
using MfsHa.Testbed.Networking;
using MfsHa.Testbed.Processes;

namespace MfsHa.Testbed.MooseFs;

/// <summary>An unmodified mfsmount on a host of its own; the mounted tree is visible to this process at <see cref="Path"/>.</summary>
public sealed class Mount : IAsyncDisposable
{
    private static readonly TimeSpan MountLimit = TimeSpan.FromSeconds(30);

    private readonly MooseFsRelease release;
    private readonly string logFile;
    private readonly string[] options;
    private ManagedProcess? process;
    private uint connection;

    private Mount(MooseFsRelease release, Host host, string path, string logFile, string[] options)
    {
        this.release = release;
        this.logFile = logFile;
        this.options = options;
        Host = host;
        Path = path;
    }

    public Host Host { get; }

    public string Path { get; }

    public MooseFsRelease Release => release;

    public ManagedProcess Process => process ?? throw new InvalidOperationException($"{Path} is not mounted");

    /// <summary>Prepares a mount whose client connects to <paramref name="master"/>.</summary>
    public static async Task<Mount> CreateAsync(
        TestEnvironment environment, MooseFsRelease release, Host master, string name,
        CachePolicy caching = CachePolicy.Default, string subfolder = "/", CancellationToken cancellation = default)
    {
        var host = await environment.Network.AddHostAsync(name, cancellation).ConfigureAwait(false);
        List<string> options = [$"mfsmaster={master.Address}", $"mfssubfolder={subfolder}", "mfsnice=0", "mfsallowoomkiller", "dev", "suid"];
        if (caching is CachePolicy.None)
        {
            options.AddRange(["mfsattrcacheto=0", "mfsentrycacheto=0", "mfsdirentrycacheto=0", "mfsnegentrycacheto=0", "mfsxattrcacheto=0", "mfssymlinkcacheto=0"]);
        }
        return environment.Own(new Mount(release, host, environment.CreateFolder(name), environment.LogFile(name), [.. options]));
    }

    /// <summary>Starts the client and returns when the tree is there.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        var before = Posix.Stat(Path).Device;
        process = ManagedProcess.Start(
            Host, $"mfsmount {release}", logFile, [release.Mount, "-f", "-o", string.Join(',', options), Path]);
        await Deadline.WaitAsync($"{Path} is mounted\n{process.LogTail()}", MountLimit, () =>
        {
            process.ThrowIfExited();
            return MountTable.Contains(Path) && Posix.Stat(Path).Device != before;
        }, cancellation).ConfigureAwait(false);
        connection = Posix.Stat(Path).Device.Minor;
    }

    /// <summary>Unmounts in good order, so that the client closes its session.</summary>
    public async Task StopAsync()
    {
        Posix.Unmount(Path, lazily: false);
        await Process.WaitForExitAsync(MountLimit).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null)
        {
            return;
        }
        if (MountTable.Contains(Path))
        {
            Posix.Unmount(Path, lazily: true);
        }
        // Whoever is stuck in a call gets an error; otherwise the client could not even be killed.
        MountTable.AbortConnection(connection);
        await process.DisposeAsync().ConfigureAwait(false);
    }
}

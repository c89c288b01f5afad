using System.Net;
using MfsHa.Playground.Networking;
using MfsHa.Playground.Processes;

namespace MfsHa.Playground.MooseFs;

/// <summary>An unmodified mfsmount on a host of its own; the mounted tree is visible to this process at <see cref="Path"/>.</summary>
public sealed class Mount : IAsyncDisposable
{
    private static readonly TimeSpan MountLimit = TimeSpan.FromSeconds(30);

    // mfsmount waits one second for its registration, then it gives up (`mfsclient/mastercomm.c: fs_connect`): too short where forty processes share two processors.
    private const int Attempts = 3;
    private const string TooSlow = "receiving data from mfsmaster: ETIMEDOUT";

    private readonly MooseFsRelease release;
    private readonly string logFile;
    private readonly string[] options;
    private ManagedProcess? process;

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
    public static Task<Mount> CreateAsync(
        Sandbox sandbox, MooseFsRelease release, Host master, string name,
        CachePolicy caching = CachePolicy.Default, string subfolder = "/", CancellationToken cancellation = default)
        => CreateAsync(sandbox, release, master.Address, name, caching, subfolder, cancellation);

    /// <summary>Prepares a mount whose client connects to an address that may move from host to host.</summary>
    public static async Task<Mount> CreateAsync(
        Sandbox sandbox, MooseFsRelease release, IPAddress master, string name,
        CachePolicy caching = CachePolicy.Default, string subfolder = "/", CancellationToken cancellation = default)
    {
        var host = await sandbox.Network.AddHostAsync(name, cancellation).ConfigureAwait(false);
        List<string> options = [$"mfsmaster={master}", $"mfssubfolder={subfolder}", "mfsnice=0", "mfsallowoomkiller", "dev", "suid"];
        if (caching is CachePolicy.None)
        {
            options.AddRange(["mfscachemode=NEVER", "mfsattrcacheto=0", "mfsentrycacheto=0", "mfsdirentrycacheto=0", "mfsnegentrycacheto=0", "mfsxattrcacheto=0", "mfssymlinkcacheto=0"]);
        }
        return sandbox.Own(new Mount(release, host, sandbox.CreateFolder(name), sandbox.LogFile(name), [.. options]));
    }

    /// <summary>Prepares a mount of the meta file system: trash and sustained files.</summary>
    public static async Task<Mount> CreateMetaAsync(Sandbox sandbox, MooseFsRelease release, Host master, string name, CancellationToken cancellation = default)
    {
        var host = await sandbox.Network.AddHostAsync(name, cancellation).ConfigureAwait(false);
        return sandbox.Own(new Mount(
            release, host, sandbox.CreateFolder(name), sandbox.LogFile(name), ["mfsmeta", $"mfsmaster={master.Address}", "mfsnice=0", "mfsallowoomkiller"]));
    }

    /// <summary>Starts the client and returns when the tree is there. A client that had no answer in its one second is started again, as a person would.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        for (var attempt = 1; !await TryStartAsync(mayBeTooSlow: attempt < Attempts, cancellation).ConfigureAwait(false); attempt++)
        {
            await process!.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> TryStartAsync(bool mayBeTooSlow, CancellationToken cancellation)
    {
        var started = ManagedProcess.Start(
            Host, $"mfsmount {release}", logFile, [release.Mount, "-f", "-o", string.Join(',', options), Path]);
        process = started;
        var tooSlow = false;
        await Deadline.WaitAsync($"{Path} is mounted\n{started.LogTail()}", MountLimit, () =>
        {
            tooSlow = mayBeTooSlow && started.HasExited && started.LogTail().Contains(TooSlow, StringComparison.Ordinal);
            if (tooSlow)
            {
                return true;
            }
            started.ThrowIfExited();
            // The second one is a question to the client: it answers when it serves.
            return MountTable.Contains(Path) && Directory.Exists(Path);
        }, cancellation).ConfigureAwait(false);
        return !tooSlow;
    }

    /// <summary>Unmounts in good order, so that the client closes its session.</summary>
    public async Task StopAsync()
    {
        MountTable.Unmount(Path);
        await Process.WaitForExitAsync(MountLimit).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null)
        {
            return;
        }
        MountTable.Abandon(Path);
        await process.DisposeAsync().ConfigureAwait(false);
    }
}

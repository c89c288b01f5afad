using System.Net;
using System.Net.Sockets;

namespace MfsHa.Testbed.MooseFs;

/// <summary>A real mfsmaster with metadata of its own.</summary>
public sealed class MfsMaster : IMetadataService
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly MooseFsRelease release;
    private readonly Host host;
    private readonly string folder;
    private readonly string configuration;
    private readonly string logFile;
    private ManagedProcess? process;

    private MfsMaster(MooseFsRelease release, Host host, string folder, string logFile)
    {
        this.release = release;
        this.host = host;
        this.folder = folder;
        this.logFile = logFile;
        configuration = Path.Combine(folder, "mfsmaster.cfg");
    }

    public string Name => $"mfsmaster {release}";

    public IReadOnlyList<Host> Endpoints => [host];

    /// <summary>The running process.</summary>
    public ManagedProcess Process => process ?? throw new InvalidOperationException($"{Name} is not started");

    /// <summary>Its mfsmaster.cfg; mfsexports.cfg is beside it.</summary>
    public string ConfigurationPath => configuration;

    /// <summary>Where metadata.mfs and the changelogs are.</summary>
    public string DataFolder => folder;

    /// <summary>Prepares an mfsmaster with an empty file system, or with the <paramref name="metadata"/> of another one.</summary>
    public static async Task<MfsMaster> CreateAsync(
        TestEnvironment environment, MooseFsRelease release, string? metadata = null,
        IReadOnlyDictionary<string, string>? settings = null, string name = "master", CancellationToken cancellation = default)
    {
        var host = await environment.Network.AddHostAsync(name, cancellation).ConfigureAwait(false);
        var folder = environment.CreateFolder(name);
        var master = new MfsMaster(release, host, folder, environment.LogFile($"mfs{name}"));
        File.Copy(metadata ?? release.EmptyMetadata, Path.Combine(folder, "metadata.mfs"));
        Exports.Write(Path.Combine(folder, "mfsexports.cfg"));
        var all = new Dictionary<string, string>
        {
            ["WORKING_USER"] = "root",
            ["WORKING_GROUP"] = "root",
            ["DATA_PATH"] = folder,
            ["EXPORTS_FILENAME"] = Path.Combine(folder, "mfsexports.cfg"),
            ["TOPOLOGY_FILENAME"] = Path.Combine(folder, "mfstopology.cfg"),
            // As every other program here: the kernel shares the processors out without favourites.
            ["NICE_LEVEL"] = "0",
            ["DISABLE_OOM_KILLER"] = "0",
            ["REPLICATIONS_DELAY_INIT"] = "1",
        };
        File.WriteAllText(all["TOPOLOGY_FILENAME"], "");
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            all[key] = value;
        }
        ConfigurationFile.Write(master.configuration, all);
        return environment.Own(master);
    }

    public async Task StartAsync(CancellationToken cancellation = default)
    {
        Start();
        await Deadline.WaitAsync($"{Name} serves clients", StartLimit, ListensAsync, cancellation).ConfigureAwait(false);
    }

    /// <summary>Starts the process; it serves when it has read its metadata.</summary>
    public void Start() => process = ManagedProcess.Start(host, Name, logFile, [release.Master, "-f", "-c", configuration, "start"]);

    /// <summary>Loads the best metadata there is with all changelogs, stores it again and ends, without serving anybody.</summary>
    /// <exception cref="CommandException">It was refused.</exception>
    public Task RestoreAsync(CancellationToken cancellation = default)
        => Command.RunAsync(host.CommandLine(release.Master, "-a", "-c", configuration, "restore"), cancellation);

    /// <summary>Orderly end; the metadata is on disk afterwards.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public Task<bool> StopAsync(TimeSpan? limit = null) => Process.StopAsync(limit);

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> ListensAsync(CancellationToken cancellation)
    {
        Process.ThrowIfExited();
        try
        {
            using var socket = await host.ConnectAsync(new IPEndPoint(host.Address, MooseFsPorts.Client), cancellation).ConfigureAwait(false);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}

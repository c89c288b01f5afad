using MfsHa.Playground.Networking;
using MfsHa.Playground.Processes;

namespace MfsHa.Playground.MooseFs;

/// <summary>An unmodified mfschunkserver on a host of its own.</summary>
public sealed class ChunkServer : IAsyncDisposable
{
    private readonly MooseFsRelease release;
    private readonly string configuration;
    private readonly string logFile;
    private ManagedProcess? process;

    private ChunkServer(MooseFsRelease release, Host host, string disk, string configuration, string logFile)
    {
        this.release = release;
        this.configuration = configuration;
        this.logFile = logFile;
        Host = host;
        Disk = disk;
    }

    public Host Host { get; }

    /// <summary>The folder with the chunks.</summary>
    public string Disk { get; }

    public ManagedProcess Process => process ?? throw new InvalidOperationException("the chunkserver is not started");

    /// <summary>Prepares a chunkserver that will connect to <paramref name="master"/>.</summary>
    public static async Task<ChunkServer> CreateAsync(
        Sandbox sandbox, MooseFsRelease release, Host master, string name, string labels = "", CancellationToken cancellation = default)
    {
        var host = await sandbox.Network.AddHostAsync(name, cancellation).ConfigureAwait(false);
        var folder = sandbox.CreateFolder(name);
        var disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        var disks = Path.Combine(folder, "mfshdd.cfg");
        await File.WriteAllTextAsync(disks, $"{disk}\n", cancellation).ConfigureAwait(false);
        var configuration = Path.Combine(folder, "mfschunkserver.cfg");
        ConfigurationFile.Write(configuration, new Dictionary<string, string>
        {
            ["WORKING_USER"] = "root",
            ["WORKING_GROUP"] = "root",
            ["DATA_PATH"] = folder,
            ["HDD_CONF_FILENAME"] = disks,
            ["HDD_LEAVE_SPACE_DEFAULT"] = "64MiB",
            ["HDD_TEST_SPEED"] = "0",
            ["MASTER_HOST"] = master.Address.ToString(),
            ["MASTER_RECONNECTION_DELAY"] = "1",
            ["NICE_LEVEL"] = "0",
            ["DISABLE_OOM_KILLER"] = "0",
            ["LABELS"] = labels,
        });
        return sandbox.Own(new ChunkServer(release, host, disk, configuration, sandbox.LogFile(name)));
    }

    public void Start()
        => process = ManagedProcess.Start(
            Host, $"mfschunkserver {release}", logFile, [release.ChunkServer, "-f", "-c", configuration, "start"]);

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }
    }
}

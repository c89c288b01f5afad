namespace MfsHa.Testbed.MooseFs;

/// <summary>An unmodified mfsmetalogger on a host of its own.</summary>
public sealed class MetaLogger : IAsyncDisposable
{
    private readonly MooseFsRelease release;
    private readonly string configuration;
    private readonly string logFile;
    private ManagedProcess? process;

    private MetaLogger(MooseFsRelease release, Host host, string folder, string configuration, string logFile)
    {
        this.release = release;
        this.configuration = configuration;
        this.logFile = logFile;
        Host = host;
        DataFolder = folder;
    }

    public Host Host { get; }

    /// <summary>Where it keeps its copy of the metadata.</summary>
    public string DataFolder { get; }

    public ManagedProcess Process => process ?? throw new InvalidOperationException("the metalogger is not started");

    /// <summary>Prepares a metalogger of <paramref name="master"/> that asks for the metadata as often as it can be told to.</summary>
    public static async Task<MetaLogger> CreateAsync(TestEnvironment environment, MooseFsRelease release, Host master, string name, CancellationToken cancellation = default)
    {
        var host = await environment.Network.AddHostAsync(name, cancellation).ConfigureAwait(false);
        var folder = environment.CreateFolder(name);
        var configuration = Path.Combine(folder, "mfsmetalogger.cfg");
        ConfigurationFile.Write(configuration, new Dictionary<string, string>
        {
            ["WORKING_USER"] = "root",
            ["WORKING_GROUP"] = "root",
            ["DATA_PATH"] = folder,
            ["META_DOWNLOAD_FREQ"] = "1",
            ["MASTER_HOST"] = master.Address.ToString(),
            ["MASTER_RECONNECTION_DELAY"] = "1",
            ["NICE_LEVEL"] = "0",
            ["DISABLE_OOM_KILLER"] = "0",
        });
        return environment.Own(new MetaLogger(release, host, folder, configuration, environment.LogFile(name)));
    }

    public void Start()
        => process = ManagedProcess.Start(Host, $"mfsmetalogger {release}", logFile, [release.MetaLogger, "-f", "-c", configuration, "start"]);

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }
    }
}

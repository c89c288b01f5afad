using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using MfsHa.Playground.MooseFs;
using MfsHa.Playground.Networking;
using MfsHa.Playground.Processes;

namespace MfsHa.Playground.MfsHaNodes;

/// <summary>One <c>mfsha</c> process with its disk, on a host of its own.</summary>
public sealed class MfsHaNode : IAsyncDisposable
{
    public const int LinkPort = 9430;
    public const int AdminPort = 9431;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(2);

    private readonly Host observer;
    private readonly string configuration;
    private readonly string logFile;
    private readonly bool isTls;
    private ManagedProcess? process;

    private MfsHaNode(string program, int id, Host host, Host observer, string dataFolder, string configuration, string logFile, bool isTls)
    {
        this.isTls = isTls;
        Program = program;
        Id = id;
        Host = host;
        DataFolder = dataFolder;
        this.observer = observer;
        this.configuration = configuration;
        this.logFile = logFile;
    }

    /// <summary>The node id, 1 and up.</summary>
    public int Id { get; }

    /// <summary>What its next start runs.</summary>
    public string Program { get; set; }

    public Host Host { get; }

    public string DataFolder { get; }

    /// <summary>Its mfsha.cfg; mfsexports.cfg is beside it.</summary>
    public string ConfigurationPath => configuration;

    /// <summary>What it has written to its terminal.</summary>
    public string Log => logFile;

    public ManagedProcess Process => process ?? throw new InvalidOperationException($"node {Id} is not started");

    /// <summary>Whether there is, or was, a process.</summary>
    public bool WasStarted => process is not null;

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Prepares a node that runs <paramref name="program"/> (mfsha); <paramref name="settings"/> go over the defaults of its mfsha.cfg.</summary>
    public static MfsHaNode Create(
        Sandbox sandbox, string program, int id, IReadOnlyList<Host> peers, IReadOnlyDictionary<string, string> settings)
        => Create(sandbox, program, id, peers[id - 1], new Dictionary<string, string>(settings)
        {
            ["MFSHA_NODE_ID"] = id.ToString(CultureInfo.InvariantCulture),
            ["MFSHA_PEERS"] = string.Join(',', peers.Select(static peer => $"{peer.Address}:{LinkPort}")),
        });

    /// <summary>Prepares a node whose configuration does not say which one it is, nor who the others are: it is told when it is started.</summary>
    public static MfsHaNode Create(Sandbox sandbox, string program, int id, Host host, IReadOnlyDictionary<string, string> settings)
    {
        var folder = sandbox.CreateFolder($"node{id}");
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        var exports = Path.Combine(folder, "mfsexports.cfg");
        Exports.Write(exports);
        var all = new Dictionary<string, string>
        {
            ["MFSHA_PORT"] = LinkPort.ToString(CultureInfo.InvariantCulture),
            ["MFSHA_ADMIN_PORT"] = AdminPort.ToString(CultureInfo.InvariantCulture),
            ["BIND_HOST"] = host.Address.ToString(),
            ["DATA_PATH"] = data,
            ["EXPORTS_FILENAME"] = exports,
            ["WORKING_USER"] = "root",
            ["WORKING_GROUP"] = "root",
            ["REPLICATIONS_DELAY_INIT"] = "1",
            ["NICE_LEVEL"] = "0",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }
        var configuration = Path.Combine(folder, "mfsha.cfg");
        ConfigurationFile.Write(configuration, all);
        return sandbox.Own(new MfsHaNode(program, id, host, sandbox.Observer, data, configuration, sandbox.LogFile($"node{id}"), all.GetValueOrDefault("MFSHA_TLS_ENABLE") == "1"));
    }

    /// <summary>Starts the process; <see cref="WaitReadyAsync"/> says when it serves.</summary>
    public void Start() => Start("start");

    /// <summary>The same with other arguments than <c>start</c>.</summary>
    public void Start(params string[] arguments)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"node {Id} is running");
        }
        process = ManagedProcess.Start(Host, $"mfsha node {Id}", logFile, [Program, "-c", configuration, "-f", .. arguments]);
    }

    /// <summary>Returns when the node says that it can serve clients.</summary>
    public Task WaitReadyAsync(CancellationToken cancellation = default)
        => Deadline.WaitAsync($"node {Id} is ready", ReadyLimit, async token =>
        {
            Process.ThrowIfExited();
            return await IsReadyAsync(token).ConfigureAwait(false);
        }, cancellation);

    /// <summary>One question to <c>/readyz</c>.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "As a kubelet probes: over HTTPS, without a certificate, and believing any; what it hears is that the node is ready.")]
    public async Task<bool> IsReadyAsync(CancellationToken cancellation = default)
    {
        using var handler = observer.CreateHttpHandler(ProbeLimit);
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using var client = new HttpClient(handler) { Timeout = ProbeLimit };
        try
        {
            using var reply = await client.GetAsync(new Uri($"{(isTls ? "https" : "http")}://{Host.Address}:{AdminPort}/readyz"), cancellation).ConfigureAwait(false);
            return reply.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            // Not listening yet, cut off, or too slow to answer: not ready.
            return false;
        }
    }

    /// <summary>Orderly end (SIGTERM).</summary>
    /// <returns>Whether it ended by itself.</returns>
    public Task<bool> StopAsync(TimeSpan? limit = null) => Process.StopAsync(limit);

    /// <summary>SIGKILL: what is not on disk is lost with the process.</summary>
    public Task CrashAsync() => Process.KillAsync();

    public void Suspend() => Process.Send(Signal.Stop);

    public void Resume() => Process.Send(Signal.Continue);

    /// <summary>Empties the data folder of a node that is not running, as a new disk would be.</summary>
    public void WipeDisk()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"node {Id} is running");
        }
        Directory.Delete(DataFolder, recursive: true);
        Directory.CreateDirectory(DataFolder);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }
    }
}

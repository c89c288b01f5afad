using System.Globalization;

namespace MfsHa.Testbed.MfsHaNodes;

/// <summary>A cluster of <c>mfsha</c> nodes, each on a host of its own.</summary>
public sealed class MfsHaCluster : IMetadataService
{
    public const int DefaultNodes = 3;

    /// <summary>Exit codes of <c>mfsha-admin status</c> up to this one come with a status: healthy, degraded, no quorum.</summary>
    private const int LastStatusVerdict = 2;

    private readonly TestEnvironment environment;

    private MfsHaCluster(TestEnvironment environment, IReadOnlyList<MfsHaNode> nodes)
    {
        this.environment = environment;
        Nodes = nodes;
    }

    public string Name => "mfsha";

    public IReadOnlyList<MfsHaNode> Nodes { get; }

    public IReadOnlyList<Host> Endpoints => [.. Nodes.Select(static node => node.Host)];

    /// <summary>Prepares a cluster with empty disks.</summary>
    /// <param name="settings">Go into every node's mfsha.cfg.</param>
    public static Task<MfsHaCluster> CreateAsync(
        TestEnvironment environment, int nodes = DefaultNodes,
        IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancellation = default)
        => CreateAsync(environment, nodes, _ => settings ?? new Dictionary<string, string>(), cancellation);

    /// <summary>Prepares a cluster with empty disks.</summary>
    /// <param name="settingsOf">What goes into the mfsha.cfg of each node.</param>
    public static async Task<MfsHaCluster> CreateAsync(
        TestEnvironment environment, int nodes, Func<int, IReadOnlyDictionary<string, string>> settingsOf, CancellationToken cancellation = default)
    {
        List<Host> hosts = [];
        for (var id = 1; id <= nodes; id++)
        {
            hosts.Add(await environment.Network.AddHostAsync($"node{id}", cancellation).ConfigureAwait(false));
        }
        return new MfsHaCluster(environment, [.. Enumerable.Range(1, nodes).Select(id => MfsHaNode.Create(environment, MfsHaPrograms.Node, id, hosts, settingsOf(id)))]);
    }

    public async Task StartAsync(CancellationToken cancellation = default)
    {
        foreach (var node in Nodes)
        {
            node.Start();
        }
        await WaitReadyAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Returns when every running node is ready.</summary>
    public Task WaitReadyAsync(CancellationToken cancellation = default)
        => Task.WhenAll(Nodes.Where(static node => node.IsRunning).Select(node => node.WaitReadyAsync(cancellation)));

    /// <summary>What the admin program says of the cluster when it asks <paramref name="node"/>; its verdict is no matter.</summary>
    /// <exception cref="CommandException">The node does not answer.</exception>
    public async Task<ClusterStatus> StatusAsync(MfsHaNode node, CancellationToken cancellation = default)
    {
        string[] arguments = ["status", "--output", "json"];
        var result = await TryAdminAsync(node, arguments, cancellation).ConfigureAwait(false);
        return result.ExitCode <= LastStatusVerdict ? ClusterStatus.Parse(result.Output) : throw new CommandException(arguments, result);
    }

    /// <summary>The node that leads a shard, as the first running node sees it; null if there is none now.</summary>
    public async Task<MfsHaNode?> LeaderOfAsync(int shard, CancellationToken cancellation = default)
    {
        var status = await StatusAsync(Nodes.First(static node => node.IsRunning), cancellation).ConfigureAwait(false);
        return Nodes.SingleOrDefault(node => node.Id == status.LeaderOf(shard + 1));
    }

    /// <summary>Runs <c>mfsha-admin</c> on the observer's host, has it ask <paramref name="node"/>, and returns its output.</summary>
    /// <exception cref="CommandException">It ended with another exit code than 0.</exception>
    public async Task<string> AdminAsync(MfsHaNode node, string[] arguments, CancellationToken cancellation = default)
    {
        var result = await TryAdminAsync(node, arguments, cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw new CommandException(arguments, result);
    }

    /// <summary>As <see cref="AdminAsync"/>, but every exit code is an answer.</summary>
    public Task<CommandResult> TryAdminAsync(MfsHaNode node, string[] arguments, CancellationToken cancellation = default)
        => Command.TryRunAsync(
            environment.Observer.CommandLine([
                MfsHaPrograms.Admin, "--host", node.Host.Address.ToString(),
                "--port", MfsHaNode.AdminPort.ToString(CultureInfo.InvariantCulture), .. arguments]),
            cancellation: cancellation);

    /// <summary>The nodes belong to the environment and go with it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

using MfsHa.Admin.Contract;
using MfsHa.Playground;
using MfsHa.Playground.MfsHaNodes;
using MfsHa.Playground.MooseFs;
using MfsHa.Playground.Networking;

namespace MfsHa.Demo.Cluster;

/// <summary>Three nodes, two chunkservers and a mount in a sandbox. Who is connected to whom is fixed, so that every round measures the same.</summary>
public sealed class DemoCluster : IAsyncDisposable
{
    public const int NodeCount = 3;
    public const int ChunkServerCount = 2;

    /// <summary>The group of the only shard.</summary>
    public const uint ShardGroup = 1;

    private readonly Sandbox sandbox;
    private readonly string program;
    private readonly MooseFsRelease release;
    private readonly List<MfsHaNode> nodes = [];
    private readonly List<ChunkServer> chunkServers = [];
    private readonly Dictionary<MfsHaNode, AdminClient> admins = [];

    /// <param name="sandbox">Where it runs; it is not disposed with the cluster.</param>
    /// <param name="program">The mfsha executable.</param>
    /// <param name="release">Whose mfsmount and mfschunkserver.</param>
    public DemoCluster(Sandbox sandbox, string program, MooseFsRelease release)
    {
        this.sandbox = sandbox;
        this.program = program;
        this.release = release;
        Watch = new ClusterWatch(this);
    }

    public ClusterWatch Watch { get; }

    public Sandbox Sandbox => sandbox;

    public IReadOnlyList<MfsHaNode> Nodes => nodes;

    public IReadOnlyList<ChunkServer> ChunkServers => chunkServers;

    /// <summary>The node that the mount is connected to. It is never killed: what a client's own node costs depends on the client.</summary>
    public MfsHaNode ClientNode => nodes[0];

    /// <summary>The mount that the workload uses.</summary>
    public Mount? Mount { get; private set; }

    public AdminClient AdminOf(MfsHaNode node) => admins[node];

    /// <summary>Makes hosts and configurations of the nodes; nothing runs yet.</summary>
    public async Task AddNodesAsync(CancellationToken cancellation)
    {
        List<Host> hosts = [];
        for (var id = 1; id <= NodeCount; id++)
        {
            hosts.Add(await sandbox.Network.AddHostAsync($"node{id}", cancellation).ConfigureAwait(false));
        }
        foreach (var id in Enumerable.Range(1, NodeCount))
        {
            var node = MfsHaNode.Create(sandbox, program, id, hosts, new Dictionary<string, string>());
            admins[node] = new AdminClient(sandbox.Observer, node);
            nodes.Add(node);
        }
    }

    /// <summary>Makes and starts the chunkservers: the first at the client's node, the second at another one.</summary>
    public async Task StartChunkServersAsync(CancellationToken cancellation)
    {
        for (var number = 1; number <= ChunkServerCount; number++)
        {
            var server = await ChunkServer.CreateAsync(sandbox, release, nodes[number - 1].Host, $"chunkserver{number}", cancellation: cancellation).ConfigureAwait(false);
            chunkServers.Add(server);
            server.Start();
        }
    }

    /// <summary>Mounts at the client's node.</summary>
    public async Task StartMountAsync(CancellationToken cancellation) => Mount = await MountAsync(ClientNode, "mount", cancellation).ConfigureAwait(false);

    /// <summary>One more mount, at any node.</summary>
    public async Task<Mount> MountAsync(MfsHaNode node, string name, CancellationToken cancellation)
    {
        var mount = await Mount.CreateAsync(sandbox, release, node.Host, name, cancellation: cancellation).ConfigureAwait(false);
        await mount.StartAsync(cancellation).ConfigureAwait(false);
        return mount;
    }

    /// <summary>The node that leads the shard; null while there is none, or nobody answers.</summary>
    public async Task<MfsHaNode?> FindLeaderAsync(CancellationToken cancellation)
        => await Watch.RefreshAsync(cancellation).ConfigureAwait(false) is { } status ? LeaderIn(status) : null;

    /// <summary>The node that a status names as leader of the shard, if its process runs.</summary>
    public MfsHaNode? LeaderIn(ClusterStatus status)
    {
        var leader = status.Groups.FirstOrDefault(static group => group.Group == ShardGroup)?.Leader ?? 0;
        return nodes.FirstOrDefault(node => node.Id == leader && node.IsRunning);
    }

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync().ConfigureAwait(false);
        foreach (var admin in admins.Values)
        {
            admin.Dispose();
        }
    }
}

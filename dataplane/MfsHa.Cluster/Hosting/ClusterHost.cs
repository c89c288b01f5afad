using System.Reflection;
using MfsHa.Cluster.Caches;
using MfsHa.Cluster.Chunks;
using MfsHa.Cluster.Chunks.Care;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Formats;
using MfsHa.Cluster.Maintenance;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.MetadataFiles;
using MfsHa.Cluster.Push;
using MfsHa.Cluster.Recovery;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Cluster.Transactions;
using MfsHa.Consensus;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Formats;
using MfsHa.NodeLink.Rpc;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Ring;
using MfsHa.Storage.State;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Hosting;

/// <summary>A node without its gateways: store, node link, groups, router, maintenance. Started once, stopped once.</summary>
public sealed partial class ClusterHost : IAsyncDisposable
{
    private static readonly TimeSpan HousekeepingEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MembersEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnnouncementsEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetirementEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrainEvery = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan RecoveryEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SessionsEvery = TimeSpan.FromSeconds(10);

    private readonly ClusterHostOptions options;
    private readonly ILoggerFactory loggers;
    private readonly TimeProvider clock;
    private readonly long started;
    private readonly FormatGate formats;
    private readonly NodeAnnouncer announcer;
    private readonly StateStore store;
    private readonly NodeDirectory directory;
    private readonly NodeBook book;
    private readonly Retirement retirement;
    private readonly MembershipKeeper keeper;
    private readonly ReplicaRemoval removal;
    private readonly ViewShipping shipping;
    private readonly NodeLinkHost link;
    private readonly ConsensusHost consensus;
    private readonly ClusterFormation formation;
    private readonly GroupTable groups = new();
    private readonly IShardMap map;
    private readonly ConsistencyPoints points;
    private readonly DataReaders readers = new();
    private readonly OperationRouter router;
    private readonly NotificationRelay notifications;
    private readonly ChunkCommandDispatcher chunkCommands;
    private readonly ChunkLocations locations;
    private readonly RingReplicator ring;
    private readonly CopyConfirmation confirmation;
    private readonly CarePaceSource pace;
    private readonly List<LeaderLoop> loops = [];
    private volatile ClusterRecord? cluster;
    private volatile LeaderSpreader? spreader;
    private volatile bool serving;
    private double sessionSustainSeconds;

    /// <summary>Opens the stores; throws when the data directory is unusable or belongs to another node.</summary>
    public ClusterHost(ClusterHostOptions options, IClientNotifier notifier, IChunkServerLinks chunkServers, ILoggerFactory loggers, TimeProvider clock)
    {
        this.options = options;
        sessionSustainSeconds = options.SessionSustain.TotalSeconds;
        this.loggers = loggers;
        this.clock = clock;
        map = options.ShardCount == 1 ? new SingleShardMap() : new StripedShardMap(options.ShardCount);
        WireFormats.Register();
        started = clock.GetTimestamp();
        // First: a directory that this release does not read stays as it is.
        var identityFile = new IdentityFile(options.DataPath);
        formats = identityFile.OpenFormats(Release);
        ReplicaFault.ThrowIfNoted(options.DataPath);
        Retirement.ThrowIfNoted(options.DataPath);
        store = StateStore.Open(StateDirectory(options.DataPath), StoreOptions(options.MaxMemoryBytes / 2));
        directory = new NodeDirectory(options.Peers);
        link = new NodeLinkHost(new NodeLinkOptions { Self = options.Self, Listen = options.Listen, Formats = formats }, directory, loggers, options.Security, clock);
        consensus = ConsensusHost.Open(new ConsensusHostOptions { Self = options.Self, Directory = options.DataPath, Groups = options.Consensus }, link, loggers, clock);
        ChangeShipping(options.MoveBytesPerSecond, options.MovesAtOnce);
        NodeId[] founding = options.Order is { Joins: false } ? [options.Self] : [.. options.Peers.Select(static p => p.Id)];
        var mayForm = options.Order is null ? options.MayForm : !options.Order.Joins;
        formation = new ClusterFormation(
            identityFile, consensus.Self.Incarnation, link.Rpc, founding, mayForm, clock, loggers.CreateLogger<ClusterFormation>());
        book = new NodeBook(options.Self, options.Peers, directory, link.Liveness, clock);
        locations = new ChunkLocations(options.Self);
        ring = new RingReplicator(options.Ring, link.Rpc, link.Liveness, [locations], clock, loggers.CreateLogger<RingReplicator>());
        ring.SetMembers([.. options.Peers.Select(static p => p.Id)]);
        book.Changed += TakeOverNodes;
        points = new ConsistencyPoints(loggers.CreateLogger<ConsistencyPoints>());
        var fault = new ReplicaFault(options.DataPath, link.Rpc, points);
        retirement = new Retirement(options.DataPath, link.Rpc, directory, link.Liveness, formation, book, groups);
        Failed = Task.WhenAny(formats.Met, consensus.Failed, fault.Found, retirement.Found).Unwrap();
        var rpc = new DetourRpc(link.Rpc, link.Liveness, directory, clock);
        Rpc = rpc;
        router = new OperationRouter(groups, map, rpc, link.Liveness, directory, book, options.Router, readers, clock, loggers.CreateLogger<OperationRouter>()) { Formats = formats };
        notifications = new NotificationRelay(rpc, directory, notifier);
        chunkCommands = new ChunkCommandDispatcher(rpc, chunkServers);
        confirmation = new CopyConfirmation(rpc, locations);
        pace = new CarePaceSource(options.Chunks);
        Status = new StatusService(rpc, router, router, map, groups, points, clock, Report);
        var introductions = new Introductions(link.Rpc, new Introduction
        {
            Incarnation = consensus.Self.Incarnation,
            OldestFormat = formats.Range.Oldest,
            NewestFormat = formats.Range.Newest,
            Release = Release,
            Region = options.Region,
        });
        announcer = new NodeAnnouncer(introductions, book, router, loggers.CreateLogger<NodeAnnouncer>());
        keeper = new MembershipKeeper(groups, link.Rpc, link.Liveness, directory, book, router, Status);
        Moves = new ShardMoves(router, link.Liveness, directory, book, Status, map.ShardCount);
        Shares = new ReplicaShares(router, book, link.Liveness);
        removal = new ReplicaRemoval(groups, link.Rpc, link.Liveness, book, consensus.SelfIn);
        link.Rpc.Handle(RpcMethod.InviteReplica, AcceptReplicaAsync);
        Membership = new MembershipService(keeper, book, link.Rpc, link.Liveness, formation, introductions, router, Status);
        Forcing = new QuorumForcing(
            groups, link.Rpc, link.Liveness, directory, book, formation, keeper, router, group => mayChange ? consensus.SelfIn(group) : null, map.ShardCount + 1, loggers.CreateLogger<QuorumForcing>());
        shipping = new ViewShipping(
            groups, store, rpc, link.Liveness, points.Views, group => groups.Find(group)?.Log.Members.Any(m => m.Node == options.Self) == true && !removal.IsUnwanted(group), keeper.LeadersOfAsync, clock);
        Cuts = new MetadataCuts(router, router, map, new ShardHolds(groups, rpc, keeper.LeadersOfAsync), points.Views, shipping, clock);
        Differences = new DifferenceSearch(shipping, Status);
    }

    /// <summary>SESSION_SUSTAIN_TIME as this node has it: that of the leader of the system group counts. May change at any time.</summary>
    public TimeSpan SessionSustain
    {
        get => TimeSpan.FromSeconds(Volatile.Read(ref sessionSustainSeconds));
        set => Volatile.Write(ref sessionSustainSeconds, value.TotalSeconds);
    }

    /// <summary>Where the state store of a data directory is.</summary>
    public static string StateDirectory(string dataPath) => Path.Combine(dataPath, "state");

    /// <summary>The name of this release.</summary>
    public static string Release { get; } =
        (typeof(ClusterHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    /// <summary>The cluster as gateways see it.</summary>
    public IMetadataCluster Cluster => router;

    /// <summary>Status of this and the other nodes.</summary>
    public StatusService Status { get; }

    /// <summary>By which record replicas differ.</summary>
    public DifferenceSearch Differences { get; }

    /// <summary>Views of the whole metadata at one moment.</summary>
    public MetadataCuts Cuts { get; }

    /// <summary>Changes of the groups' members.</summary>
    public MembershipService Membership { get; }

    /// <summary>The members of all groups, also of those that this node has no replica of, as those that answer tell.</summary>
    public Task<MembersSurvey> SurveyAsync(CancellationToken cancellation) => MembersSurvey.TakeAsync(Status, directory, link.Liveness, cancellation);

    /// <summary>Replicas that move from node to node.</summary>
    public ShardMoves Moves { get; }

    /// <summary>Nodes that get their share of replicas because somebody wants it.</summary>
    public ReplicaShares Shares { get; }

    /// <summary>Going on after a majority is lost for good.</summary>
    public QuorumForcing Forcing { get; }

    /// <summary>The nodes as the system group has them.</summary>
    public NodeBook Book => book;

    /// <summary>Which shard owns which inode.</summary>
    public IShardMap Shards => map;

    /// <summary>Takes what chunkservers report.</summary>
    public IChunkServerReporter ChunkServerReporter => locations;

    /// <summary>Where copies of chunks are and which chunkservers there are.</summary>
    public IChunkLocationView ChunkLocations => locations;

    /// <summary>Who this data directory is.</summary>
    public NodeIdentity DataIdentity => formation.Identity;

    /// <summary>Completes with the cause when this node must not go on; the process has to end.</summary>
    public Task<Exception> Failed { get; }

    /// <summary>Gives the leadership of all groups away; they have another leader shortly after.</summary>
    public async Task ResignAllAsync(CancellationToken cancellation)
    {
        foreach (var (_, endpoint) in groups.All)
        {
            if (endpoint.Log.Leadership.Leader == options.Self)
            {
                await endpoint.Log.ResignAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>This node as a member of a group.</summary>
    public NodeEndPoint MemberIn(ushort group) => consensus.SelfIn(group);

    /// <summary>Gives the leadership of one group away if this node has it; returns what is known afterwards.</summary>
    public async Task<Leadership> ResignAsync(ushort group, CancellationToken cancellation)
    {
        var log = groups.Get(group).Log;
        await log.ResignAsync(cancellation).ConfigureAwait(false);
        return log.Leadership;
    }

    /// <summary>All configured nodes.</summary>
    public INodeDirectory Nodes => directory;

    /// <summary>The cluster's identity; null before this node has learnt it.</summary>
    public ClusterRecord? Identity => cluster;

    /// <summary>True when this node serves clients: its ports are open, the cluster is formed and its groups have leaders that this node knows.</summary>
    public bool IsReady => serving && cluster is not null && HearsLeaders();

    /// <summary>The ports for clients and chunkservers are open from now on.</summary>
    public void Serves() => serving = true;

    /// <summary>The node is about to close its ports.</summary>
    public void ServesNoMore() => serving = false;

    /// <summary>Changes how fast copies of chunks are looked after.</summary>
    public void ChangePace(CarePace chunks) => pace.Current = chunks;

    /// <summary>Changes how fast states of groups are sent to other nodes, and how many are taken over at once. Counts for what is under way, too.</summary>
    /// <param name="bytesPerSecond">0: no limit.</param>
    /// <param name="atOnce">At least 1.</param>
    public void ChangeShipping(long bytesPerSecond, int atOnce)
    {
        consensus.Pace.BytesPerSecond = bytesPerSecond;
        consensus.Pace.AtOnce = atOnce;
    }

    /// <summary>Joins or forms the cluster; returns when this node serves.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        link.Start();
        ring.Start();
        var identity = await formation.RunAsync(cancellation).ConfigureAwait(false);
        await AskBeforeStartAsync(identity, cancellation).ConfigureAwait(false);
        await StartGroupsAsync(identity, cancellation).ConfigureAwait(false);
        StartMembership();
        spreader = new LeaderSpreader(groups, Status, directory, link.Liveness, (long)options.SettledAfter.TotalSeconds, clock, loggers.CreateLogger<LeaderSpreader>());
        loops.Add(new LeaderLoop("spread of leaders", static () => true, options.SpreadInterval, spreader.PassAsync, clock, loggers.CreateLogger<LeaderSpreader>()));
        var formed = await new Founding(router, router, directory, identity, options.ShardCount, options.ReplicationFactor, clock).RunAsync(cancellation).ConfigureAwait(false);
        if (map is StripedShardMap striped)
        {
            striped.Imported = formed.Imported;
        }

        cluster = formed;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndChangesAsync().ConfigureAwait(false);
        foreach (var loop in loops)
        {
            await loop.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var replica in hosted.Values)
        {
            await replica.StopAsync().ConfigureAwait(false);
        }

        await book.DisposeAsync().ConfigureAwait(false);
        await consensus.DisposeAsync().ConfigureAwait(false);
        await ring.DisposeAsync().ConfigureAwait(false);
        await link.DisposeAsync().ConfigureAwait(false);
        await points.DisposeAsync().ConfigureAwait(false);
        Cuts.Dispose();
        await shipping.DisposeAsync().ConfigureAwait(false);
        router.Dispose();
        foreach (var replica in hosted.Values)
        {
            replica.Dispose();
        }

        store.Dispose();
    }

    private static StateStoreOptions StoreOptions(long warmBytes)
    {
        var defaults = new StateStoreOptions();
        return defaults with { BlockCacheBytes = warmBytes, WriteBufferBytes = Math.Min(defaults.WriteBufferBytes, warmBytes / 8 * 3) };
    }

    private NodeReport Report() => new()
    {
        Node = options.Self.Value,
        Version = typeof(ClusterHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
        Cluster = formation.Identity.Cluster,
        Ready = IsReady,
        UptimeSeconds = (long)clock.GetElapsedTime(started).TotalSeconds,
        ResidentBytes = Environment.WorkingSet,
        Priority = options.Priority,
        ChunkServers = locations.Servers.Count,
        Draining = book.IsDraining(options.Self),
        Incarnation = formation.Identity.Incarnation,
        Replicas = [.. hosted.Values.OrderBy(static r => r.Endpoint.Log.Group).Select(static r => r.Report())],
    };
}

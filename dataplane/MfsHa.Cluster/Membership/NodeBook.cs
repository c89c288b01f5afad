using MfsHa.Cluster.Routing;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// The nodes of the cluster as this node's replica of the system group has them, and where they are reached: keeps the directory up to date while nodes come and go. A node that
/// MFSHA_PEERS names, too, may have two addresses: the one that answers is used. A removed node stays in the directory until no group here has it as a member: it may lead some, and only their
/// leader can take it out. Thread-safe.
/// </summary>
public sealed class NodeBook : IAsyncDisposable
{
    private const int DefaultPort = 9430;
    private const int PatienceInPasses = 3;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly NodeId self;
    private readonly IReadOnlyDictionary<NodeId, NodeAddress> configured;
    private readonly NodeDirectory directory;
    private readonly IPeerLiveness liveness;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly List<NodeAddress> expected = [];
    private readonly Dictionary<NodeId, int> silence = [];
    private readonly SemaphoreSlim news = new(0, 1);
    private readonly CancellationTokenSource stopping = new();
    private volatile IReadOnlyDictionary<NodeId, NodeRecord> records = new Dictionary<NodeId, NodeRecord>();
    private volatile IReadOnlyDictionary<ushort, PlacementRecord> placements = new Dictionary<ushort, PlacementRecord>();
    private volatile FormatsReply formats = new(ClusterFormat.First.Level, []);
    private volatile IReadOnlySet<ushort> forced = new HashSet<ushort>();
    private Func<IReadOnlyCollection<ushort>> readForced = static () => [];
    private Func<FormatsReply> readFormats = static () => new FormatsReply(ClusterFormat.First.Level, []);
    private Func<IReadOnlyList<NodeRecord>> read = static () => [];
    private Func<IReadOnlyList<PlacementRecord>> readPlacements = static () => [];
    private Func<NodeId, bool> isMember = static _ => false;
    private Task running = Task.CompletedTask;

    /// <summary>Begins with what the configuration says.</summary>
    public NodeBook(NodeId self, IEnumerable<NodeAddress> configured, NodeDirectory directory, IPeerLiveness liveness, TimeProvider clock)
    {
        this.self = self;
        this.configured = configured.ToDictionary(static n => n.Id);
        this.directory = directory;
        this.liveness = liveness;
        this.clock = clock;
    }

    /// <summary>Raised under a lock after records or directory may have changed.</summary>
    public event Action? Changed;

    /// <summary>All nodes that the system group knows, removed ones included.</summary>
    public IReadOnlyCollection<NodeRecord> Records => [.. records.Values];

    /// <summary>What the system group says of a node; null for nothing.</summary>
    public NodeRecord? Find(NodeId node) => records.GetValueOrDefault(node);

    /// <summary>The placements of all shards; none before the cluster is formed.</summary>
    public IReadOnlyCollection<PlacementRecord> Placements => [.. placements.Values];

    /// <summary>The cluster's format level, and what nodes have announced of theirs.</summary>
    public (byte Level, IReadOnlyList<NodeFormats> Nodes) Formats => (formats.Level, formats.Nodes);

    /// <summary>Shards that are where a person has insisted on.</summary>
    public IReadOnlySet<ushort> Forced => forced;

    /// <summary>True when every member is known to be of a release with format levels: it reads what came with them.</summary>
    public bool AllAnnounced => Records.Where(static r => r.State != NodeState.Removed).All(r => formats.Nodes.Any(f => f.Node == r.Node && f.Incarnation == r.Incarnation));

    /// <summary>The nodes that are to have replicas of a group: all that are not removed have one of the system group. Empty before the cluster is formed.</summary>
    public IReadOnlyList<ushort> NodesOf(ushort group) => group == GroupNumbers.System
        ? [.. Records.Where(static r => r.State != NodeState.Removed).Select(static r => r.Node)]
        : placements.GetValueOrDefault((ushort)(group - 1))?.Nodes ?? [];

    /// <summary>True while a node gives its leaderships away: for a while, or because it is removed.</summary>
    public bool IsDraining(NodeId node) => Find(node) is { State: NodeState.Draining or NodeState.Removed };

    /// <summary>From now on the replica is looked at, every second and when it says that something has changed.</summary>
    /// <param name="replica">Reads the nodes of the system group.</param>
    /// <param name="placementsOfReplica">Reads its placements.</param>
    /// <param name="forcedOfReplica">Reads which of them somebody has insisted on.</param>
    /// <param name="formatsOfReplica">Reads its format levels.</param>
    /// <param name="isMemberHere">Whether a node is a member of a group that this node has a replica of.</param>
    public void Start(Func<IReadOnlyList<NodeRecord>> replica, Func<IReadOnlyList<PlacementRecord>> placementsOfReplica, Func<IReadOnlyCollection<ushort>> forcedOfReplica, Func<FormatsReply> formatsOfReplica, Func<NodeId, bool> isMemberHere)
    {
        isMember = isMemberHere;
        readPlacements = placementsOfReplica;
        readForced = forcedOfReplica;
        readFormats = formatsOfReplica;
        read = replica;
        Refresh();
        running = RunAsync();
    }

    /// <summary>The replica has taken over a change.</summary>
    public void Note(SystemCommand command)
    {
        if (command is AddNode or SetNodeState or ForceNodes or FormCluster or SetOption or SetPlacement or ForcePlacement or AnnounceFormats or RaiseFormatLevel)
        {
            Wake();
        }
    }

    /// <summary>Makes a node reachable that the system group does not know yet, or knows elsewhere; until it is disposed.</summary>
    public IDisposable Expect(NodeAddress node)
    {
        lock (gate)
        {
            expected.Add(node);
        }

        Refresh();
        return new Expectation(this, node);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
        news.Dispose();
    }

    /// <summary>Where a record says that its node is.</summary>
    internal static NodeAddress AddressOf(NodeRecord node)
    {
        var colon = node.Address.LastIndexOf(':');
        return colon > 0 && int.TryParse(node.Address.AsSpan(colon + 1), out var port) && port is > 0 and <= ushort.MaxValue
            ? new NodeAddress(new NodeId(node.Node), node.Address[..colon], port)
            : new NodeAddress(new NodeId(node.Node), node.Address, DefaultPort);
    }

    private void Wake()
    {
        try
        {
            news.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            using var turn = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
            using var timer = clock.CreateTimer(static t => ((CancellationTokenSource)t!).Cancel(), turn, Every, Timeout.InfiniteTimeSpan);
            try
            {
                await news.WaitAsync(turn.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Nothing was said for a second.
            }

            if (!stopping.IsCancellationRequested)
            {
                Refresh();
            }
        }
    }

    private void Refresh()
    {
        lock (gate)
        {
            records = read().ToDictionary(static r => new NodeId(r.Node));
            formats = readFormats();
            forced = readForced().ToHashSet();
            placements = readPlacements().ToDictionary(static p => p.Shard);
            var wanted = Candidates();
            foreach (var (node, addresses) in wanted)
            {
                if (Choose(node, addresses) is var address && address != directory.Find(node))
                {
                    directory.Set(address);
                }
            }

            foreach (var gone in directory.Nodes.Where(n => !wanted.ContainsKey(n.Id)))
            {
                directory.Remove(gone.Id);
            }

            Changed?.Invoke();
        }
    }

    private Dictionary<NodeId, List<NodeAddress>> Candidates()
    {
        var wanted = new Dictionary<NodeId, List<NodeAddress>>();
        foreach (var address in configured.Values.Where(c => c.Id == self || Find(c.Id) is not { State: NodeState.Removed } || isMember(c.Id)))
        {
            wanted[address.Id] = [address];
        }

        foreach (var record in records.Values.Where(r => r.Node != self.Value && (r.State != NodeState.Removed || isMember(new NodeId(r.Node)))))
        {
            var address = AddressOf(record);
            var known = wanted.GetValueOrDefault(address.Id) ?? [];
            wanted[address.Id] = [.. known.Append(address).Distinct()];
        }

        foreach (var address in expected)
        {
            wanted[address.Id] = [address];
        }

        return wanted;
    }

    private NodeAddress Choose(NodeId node, List<NodeAddress> addresses)
    {
        var at = directory.Find(node) is { } current ? addresses.IndexOf(current) : -1;
        if (at < 0 || addresses.Count == 1 || liveness.IsAlive(node))
        {
            silence.Remove(node);
            return addresses[Math.Max(at, 0)];
        }

        var passes = silence.GetValueOrDefault(node) + 1;
        silence[node] = passes % PatienceInPasses;
        return passes == PatienceInPasses ? addresses[(at + 1) % addresses.Count] : addresses[at];
    }

    private sealed class Expectation(NodeBook book, NodeAddress node) : IDisposable
    {
        public void Dispose()
        {
            lock (book.gate)
            {
                book.expected.Remove(node);
            }

            book.Wake();
        }
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Ring;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Tests.Locations;

namespace MfsHa.Replication.Tests.Ring;

/// <summary>A ring of replicas whose every step follows from a seed.</summary>
internal sealed class RingSimulation
{
    private readonly Random _random;
    private readonly RingOptions _options;
    private readonly int _maxTombstones;
    private readonly FakeTimeProvider _time = new();
    private readonly List<Task> _pulls = [];
    private ulong _epoch;

    public RingSimulation(int seed, int nodes, RingOptions options, int maxTombstones)
    {
        _random = new Random(seed);
        _options = options;
        _maxTombstones = maxTombstones;
        Network = new SimulatedNetwork(_random);
        for (var node = 1; node <= nodes; node++)
            Start(new NodeId((ushort)node));
        foreach (var node in Nodes.Values)
            node.Ring.SetMembers([.. Nodes.Keys]);
    }

    public SimulatedNetwork Network { get; }

    public SortedDictionary<NodeId, SimulatedNode> Nodes { get; } = [];

    public LocationModel Model { get; } = new();

    /// <summary>Connections whose node lost its memory: what it had not yet passed on is lost as well, so the model does not know them.</summary>
    public bool HasLostWrites { get; private set; }

    public void Run(int steps, bool withCrashes)
    {
        for (var i = 0; i < steps; i++)
        {
            switch (_random.Next(withCrashes ? 101 : 100))
            {
                case < 40:
                    Network.DeliverOne();
                    break;
                case < 75:
                    Act();
                    break;
                case < 85:
                    Any().Ring.Flush();
                    break;
                case < 88:
                    Any().Ring.Tick();
                    break;
                case < 96:
                    Pull(Any());
                    break;
                case < 97:
                    Any().Locations.Maintain(_random.Next(50));
                    break;
                case < 98:
                    Network.LossPercent = _random.Next(3) * 20;
                    break;
                case < 100:
                    Separate(_random.Next(2) == 0);
                    break;
                default:
                    Restart();
                    break;
            }
        }
    }

    /// <summary>The network is whole again; returns the number of gossip intervals until all replicas are equal, or -1.</summary>
    public int Heal(int maxIntervals)
    {
        Network.LossPercent = 0;
        Separate(isWhole: true);
        for (var interval = 0; interval <= maxIntervals; interval++)
        {
            if (Dumps().Distinct().Count() == 1)
                return interval;
            foreach (var node in Nodes.Values)
                node.Ring.Tick();
            Settle();
        }

        return -1;
    }

    /// <summary>Everybody sends, asks and answers until nothing moves any more.</summary>
    public void Settle()
    {
        for (var turn = 0; turn < 10_000; turn++)
        {
            Network.DeliverAll();
            var isQuiet = Network.Waiting == 0;
            foreach (var node in Nodes.Values)
            {
                node.Ring.Flush();
                isQuiet &= !Pull(node);
            }

            isQuiet &= Network.Waiting == 0;
            if (isQuiet)
                return;
        }

        throw new InvalidOperationException("the ring never comes to rest");
    }

    public List<string> Dumps() => [.. Nodes.Values.Select(node => node.Locations.Dump())];

    public string FirstDifference()
    {
        var lines = Nodes.Select(pair => (Node: pair.Key, Lines: pair.Value.Locations.Dump().Split('\n'))).ToList();
        for (var line = 0; line < lines.Max(node => node.Lines.Length); line++)
        {
            var shown = lines.Select(node => $"node {node.Node}: {(line < node.Lines.Length ? node.Lines[line] : "-")}").ToList();
            if (lines.Select(node => line < node.Lines.Length ? node.Lines[line] : "-").Distinct().Count() > 1)
                return string.Join('\n', shown) + '\n' + string.Join('\n', Nodes.Select(pair => $"node {pair.Key}: {Describe(pair.Value.Locations)}"));
        }

        return "none";
    }

    private static string Describe(ChunkLocations locations)
    {
        var digest = new StreamDigest();
        locations.AddDigest(digest);
        return string.Join(' ', digest.Positions.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key.Owner}@{pair.Key.Epoch}:{pair.Value.Seen}/{pair.Value.RemovalsSeen}"))
            + " over: " + string.Join(' ', digest.Floors.OrderBy(pair => pair.Key.Owner).Select(pair => $"{pair.Key.Owner}<{pair.Value}"));
    }

    public ChunkServerIncarnation Connect(NodeId node, ushort server, int chunks)
    {
        var id = new ChunkServerIncarnation(server, ++_epoch);
        var locations = Nodes[node].Locations;
        locations.Begin(id, new ChunkServerInfo { Port = server });
        Model.Begin(id, node.Value);
        var copies = Enumerable.Range(1, chunks).Select(chunk => new ChunkCopy((ulong)chunk, 1)).ToArray();
        locations.Report(id, copies);
        foreach (var copy in copies)
            Model.Report(id, copy);
        return id;
    }

    public void Restart(NodeId? which = null)
    {
        var node = Nodes[which ?? Nodes.Keys.ElementAt(_random.Next(Nodes.Count))];
        HasLostWrites = true;
        node.Rpc.Stop();
        Network.Nodes.Remove(node.Rpc.Self);
        TellLiveness();
        Start(node.Rpc.Self);
        Nodes[node.Rpc.Self].Ring.SetMembers([.. Nodes.Keys]);
        TellLiveness();
    }

    public void Separate(bool isWhole)
    {
        foreach (var node in Nodes.Keys)
            Network.Islands[node] = isWhole ? 0 : _random.Next(2);
        TellLiveness();
    }

    private void TellLiveness()
    {
        foreach (var node in Nodes.Values)
        {
            foreach (var peer in Nodes.Keys.Where(peer => peer != node.Rpc.Self))
                node.Rpc.TellChanged(peer);
        }
    }

    private void Start(NodeId id)
    {
        var rpc = new SimulatedRpc(id, Network);
        var locations = new ChunkLocations(id, new ChunkLocationsOptions { MaxTombstones = _maxTombstones });
        var ring = new RingReplicator(_options, rpc, rpc, [locations], _time, NullLogger.Instance);
        Network.Nodes[id] = rpc;
        Nodes[id] = new SimulatedNode(rpc, locations, ring);
    }

    private SimulatedNode Any() => Nodes.Values.ElementAt(_random.Next(Nodes.Count));

    private bool Pull(SimulatedNode node)
    {
        _pulls.RemoveAll(pull => pull.IsCompletedSuccessfully);
        if (node.Ring.NextPull() is not { } peer)
            return false;
        _pulls.Add(node.Ring.PullAsync(peer, CancellationToken.None));
        return true;
    }

    private void Act()
    {
        var server = (ushort)_random.Next(1, 5);
        if (_random.Next(12) == 0)
        {
            Connect(Any().Rpc.Self, server, _random.Next(30));
            return;
        }

        if (Model.Newest(server) is not { } current || !Nodes.TryGetValue(new NodeId((ushort)current.Node), out var node))
            return;
        if (node.Locations.FindServer(current.Id) is null)
            return;
        try
        {
            Act(node.Locations, current.Id);
        }
        catch (ArgumentException) when (HasLostWrites)
        {
            // Its node restarted and knows the connection from the others: it is no longer its writer.
            node.Locations.Disconnect(current.Id);
        }
    }

    private void Act(ChunkLocations locations, ChunkServerIncarnation id)
    {
        var copy = new ChunkCopy((ulong)_random.Next(1, 30), (uint)_random.Next(1, 4));
        switch (_random.Next(20))
        {
            case < 10:
                if (locations.Report(id, [copy]))
                    Model.Report(id, copy);
                break;
            case < 16:
                if (locations.ReportLost(id, [copy.ChunkId]))
                    Model.Lost(id, copy.ChunkId);
                break;
            case < 18:
                if (locations.Complete(id))
                    Model.Complete(id);
                break;
            case 18:
                if (locations.Disconnect(id))
                    Model.Disconnect(id);
                break;
            default:
                Any().Locations.Drop(id);
                Model.Drop(id);
                break;
        }
    }

    internal sealed record SimulatedNode(SimulatedRpc Rpc, ChunkLocations Locations, RingReplicator Ring);
}

using Microsoft.Extensions.Logging;
using MfsHa.NodeLink;
using MfsHa.Replication.Crdt;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Ring;

/// <summary>
/// Carries CRDT state round the ring of nodes. A change goes as a delta to the next <see cref="RingOptions.Successors"/> live members, which pass on what
/// was new to them. Nothing is queued: what a successor is assumed to have seen says what it gets next, and who lacks more than a delta holds asks for it in bounded pieces
/// (anti-entropy), as does every node every <see cref="RingOptions.GossipInterval"/>, and at once when it notices a gap.
/// </summary>
public sealed partial class RingReplicator : IAsyncDisposable
{
    private const byte Format = 1;

    private readonly RingOptions _options;
    private readonly INodeRpc _rpc;
    private readonly IPeerLiveness _liveness;
    private readonly Dictionary<byte, IReplicatedStreams> _states;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<NodeId, PeerView> _views = [];
    private readonly CausalStability<NodeId, StreamId> _stability = new();
    private readonly WireWriter _delta = new();
    private readonly WireWriter _piece = new();
    private readonly Pulse _changed = new();
    private readonly Pulse _pullWanted = new();
    private readonly Queue<NodeId> _pulls = new();
    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyCollection<NodeId> _members;
    private long _ticks;
    private Task _loops = Task.CompletedTask;

    /// <summary>Registers the handlers of <see cref="RpcMethod.Delta"/> and <see cref="RpcMethod.AntiEntropy"/>; nothing is sent before <see cref="Start"/>.</summary>
    public RingReplicator(RingOptions options, INodeRpc rpc, IPeerLiveness liveness, IReadOnlyCollection<IReplicatedStreams> states, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rpc);
        ArgumentNullException.ThrowIfNull(liveness);
        options.Validate();
        _options = options;
        _rpc = rpc;
        _liveness = liveness;
        _states = states.ToDictionary(state => state.Kind);
        _time = time;
        _logger = logger;
        _members = [rpc.Self];
        rpc.Handle(RpcMethod.Delta, TakeDelta);
        rpc.Handle(RpcMethod.AntiEntropy, Answer);
        liveness.Changed += PeerChanged;
        if (options.AsyncReplication)
        {
            foreach (var state in states)
                state.Changed += _changed.Set;
        }
    }

    /// <summary>Sets the members of the ring, this node included or not; may change at any time.</summary>
    public void SetMembers(IReadOnlyCollection<NodeId> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        lock (_lock)
        {
            _members = [.. members.Append(_rpc.Self).Distinct()];
            foreach (var gone in _views.Keys.Except(_members).ToList())
                _views.Remove(gone);
        }

        PullFromUnknownSuccessors();
    }

    /// <summary>How far this node has got.</summary>
    public StreamDigest Position() => Digest();

    /// <summary>Begins to send and to compare digests.</summary>
    public void Start() => _loops = Task.WhenAll(FlushLoopAsync(_stopping.Token), GossipLoopAsync(_stopping.Token), PullLoopAsync(_stopping.Token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _liveness.Changed -= PeerChanged;
        foreach (var state in _states.Values)
            state.Changed -= _changed.Set;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>One turn of the gossip interval, without the pulls that it asks for.</summary>
    internal void Tick()
    {
        Interlocked.Increment(ref _ticks);
        foreach (var peer in Successors())
            RequestPull(peer);
        TickStates();
        if (!_options.AsyncReplication)
            Flush();
    }

    /// <summary>Takes the next peer that is to be asked; null when there is none.</summary>
    internal NodeId? NextPull()
    {
        lock (_lock)
            return _pulls.TryDequeue(out var peer) ? peer : null;
    }

    private async Task FlushLoopAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _changed.WaitAsync(stopping).ConfigureAwait(false);
            await Task.Delay(_options.Coalesce, _time, stopping).ConfigureAwait(false);
            Guarded(Flush);
        }
    }

    private async Task GossipLoopAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_options.GossipInterval, _time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            Guarded(Tick);
            foreach (var state in _states.Values)
            {
                while (state.Maintain(_options.MaintenanceSteps))
                    await Task.Yield();
            }
        }
    }

    private async Task PullLoopAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _pullWanted.WaitAsync(stopping).ConfigureAwait(false);
            while (NextPull() is { } peer)
                await PullAsync(peer, stopping).ConfigureAwait(false);
        }
    }

    private void Guarded(Action turn)
    {
        try
        {
            turn();
        }
        catch (Exception e)
        {
            // Whatever is wrong with one turn, a ring that stands still would be worse: the next turn may do better.
            RingLog.TurnFailed(_logger, e);
        }
    }

    private IReadOnlyList<NodeId> Successors()
    {
        IReadOnlyCollection<NodeId> members;
        lock (_lock)
            members = _members;
        return NodeRing.Successors(members, _rpc.Self, _options.Successors, _liveness.IsAlive);
    }

    private void RequestPull(NodeId peer)
    {
        lock (_lock)
        {
            if (!_pulls.Contains(peer))
                _pulls.Enqueue(peer);
        }

        _pullWanted.Set();
    }

    private void PeerChanged(NodeId peer, bool alive)
    {
        lock (_lock)
        {
            if (_views.TryGetValue(peer, out var view))
                view.Reset();
        }

        PullFromUnknownSuccessors();
    }

    private void PullFromUnknownSuccessors()
    {
        foreach (var peer in Successors())
        {
            bool isKnown;
            lock (_lock)
                isKnown = ViewOf(peer)?.IsKnown ?? true;
            if (!isKnown)
                RequestPull(peer);
        }
    }

    private void TickStates()
    {
        var digest = Digest();
        lock (_lock)
        {
            _stability.Observe(_rpc.Self, SeenOf(digest));
            _stability.Retain(_members.Contains, digest.Positions.ContainsKey);
        }

        foreach (var state in _states.Values)
            state.Tick(Stable);

        long Stable(StreamId stream)
        {
            lock (_lock)
                return _stability.Stable(stream, _members);
        }
    }

    private StreamDigest Digest()
    {
        var digest = new StreamDigest();
        foreach (var state in _states.Values)
            state.AddDigest(digest);
        return digest;
    }

    private VersionVector<StreamId> Available()
    {
        var available = new VersionVector<StreamId>();
        foreach (var state in _states.Values)
            state.AddAvailable(available);
        return available;
    }

    private static VersionVector<StreamId> SeenOf(StreamDigest digest)
    {
        var seen = new VersionVector<StreamId>();
        foreach (var (stream, position) in digest.Positions)
            seen.Advance(stream, position.Seen);
        return seen;
    }

    /// <summary>Under the lock. Null for a node that is no member: what it sends is taken, but nothing is remembered about it.</summary>
    private PeerView? ViewOf(NodeId peer)
    {
        if (_views.TryGetValue(peer, out var view))
            return view;
        if (peer == _rpc.Self || !_members.Contains(peer))
            return null;
        _views.Add(peer, view = new PeerView(peer));
        return view;
    }

    private IReplicatedStreams StateOf(byte kind)
        => _states.TryGetValue(kind, out var state) ? state : throw new InvalidDataException($"state of unknown kind {kind}");
}

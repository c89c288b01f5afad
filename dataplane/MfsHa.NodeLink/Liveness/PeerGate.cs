using System.Diagnostics.CodeAnalysis;

namespace MfsHa.NodeLink.Liveness;

/// <summary>
/// Ties connections to the liveness of their peer: while the peer is down none can be registered, and going down ends all that are.
/// The flag flips on the pinging thread; what has to be ended is taken over by another one (<see cref="EndDoomed"/>), because ending runs foreign code.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without timer holds memory only, and its token has been handed out.")]
internal sealed class PeerGate(NodeId peer)
{
    private readonly Lock _lock = new();
    private HashSet<Action> _open = [];
    private CancellationTokenSource _down = new();
    private List<(CancellationTokenSource Down, HashSet<Action> Connections)> _doomed = [];
    private volatile PeerState _state = PeerState.Unknown;
    private volatile bool _gone;

    public NodeId Peer { get; } = peer;

    public PeerState State => _state;

    /// <summary>Down, and not only silent: its host refuses connections, so no process listens there.</summary>
    public bool IsGone => _gone;

    /// <summary>The state that was last told to the subscribers of liveness; used by the notifying thread only.</summary>
    public bool Notified { get; set; }

    /// <summary>Cancelled when the peer goes down next. Look at <see cref="State"/> after taking it.</summary>
    public CancellationToken DownToken
    {
        get
        {
            lock (_lock)
                return _down.Token;
        }
    }

    /// <summary>Registers what ends a connection. False, and nothing is registered, when the peer is down.</summary>
    public bool TryRegister(Action end)
    {
        lock (_lock)
            return _state != PeerState.Down && _open.Add(end);
    }

    /// <summary>Forgets a connection that ended.</summary>
    public void Unregister(Action end)
    {
        lock (_lock)
            _open.Remove(end);
    }

    /// <summary>The peer answered. True when that is news.</summary>
    public bool MarkUp()
    {
        if (_state == PeerState.Up)
            return false;
        lock (_lock)
            (_state, _gone) = (PeerState.Up, false);
        return true;
    }

    /// <summary>The peer is dead. True when that is news; then <see cref="EndDoomed"/> must be called by somebody soon.</summary>
    public bool MarkDown(bool gone)
    {
        lock (_lock)
        {
            _gone |= gone;
            if (_state == PeerState.Down)
                return false;
            _state = PeerState.Down;
            _doomed.Add((_down, _open));
            _down = new CancellationTokenSource();
            _open = [];
            return true;
        }
    }

    /// <summary>The peer is no node of the cluster any more: what it opens from now on is served as a stranger's is, so that it can hear that.</summary>
    public void Forget()
    {
        lock (_lock)
            (_state, _gone) = (PeerState.Unknown, false);
    }

    /// <summary>Ends everything that was registered before the peer went down.</summary>
    public void EndDoomed()
    {
        List<(CancellationTokenSource Down, HashSet<Action> Connections)> doomed;
        lock (_lock)
        {
            if (_doomed.Count == 0)
                return;
            doomed = _doomed;
            _doomed = [];
        }

        foreach (var (down, connections) in doomed)
        {
            // Connections first: they fail what waits for the peer; the token only ends attempts to connect.
            foreach (var end in connections)
                end();
            down.Cancel();
        }
    }
}

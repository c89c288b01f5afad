using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Liveness;

/// <summary>
/// Pings every node of the directory on threads of its own (never the thread pool, which a busy process starves) and declares it dead after
/// <see cref="NodeLinkOptions.DeadAfter"/> of silence or when it refuses connections. Going down ends all connections of the peer.
/// </summary>
internal sealed class NodeMonitor : IPeerLiveness, IDisposable
{
    private readonly NodeLinkOptions _options;
    private readonly INodeDirectory _directory;
    private readonly LinkDialer _dialer;
    private readonly PeerGates _gates;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EchoServer _echo;
    private readonly ConcurrentDictionary<NodeId, PeerProbe> _probes = new();
    private readonly SilenceJudge _judge;
    private readonly SignalThread _ender;
    private readonly SignalThread _notifier;
    private readonly Thread _pinger;
    private readonly ManualResetEventSlim _stop = new(false);
    private readonly Lock _reconcileLock = new();
    private readonly long _origin;

    public NodeMonitor(NodeLinkOptions options, INodeDirectory directory, LinkDialer dialer, PeerGates gates, TimeProvider time, ILogger logger)
    {
        _options = options;
        _directory = directory;
        _dialer = dialer;
        _gates = gates;
        _time = time;
        _logger = logger;
        _echo = new EchoServer(logger);
        _origin = time.GetTimestamp();
        _judge = new SilenceJudge((long)options.PingInterval.TotalMilliseconds, (long)options.DeadAfter.TotalMilliseconds);
        _ender = new SignalThread("peer ender", EndDoomed);
        _notifier = new SignalThread("peer notifier", Notify);
        _pinger = new Thread(Ping) { IsBackground = true, Name = "pinger", Priority = ThreadPriority.AboveNormal };
    }

    /// <inheritdoc/>
    public event Action<NodeId, bool>? Changed;

    /// <inheritdoc/>
    public bool IsAlive(NodeId peer) => peer == _options.Self || _gates.Of(peer).State == PeerState.Up;

    /// <inheritdoc/>
    public TimeSpan? RoundTripOf(NodeId peer) => _probes.TryGetValue(peer, out var probe) ? probe.RoundTrip : null;

    public void Start()
    {
        _ender.Start();
        _notifier.Start();
        Reconcile();
        _directory.Changed += Reconcile;
        _pinger.Start();
    }

    /// <summary>Answers the pings of a peer.</summary>
    public void Serve(LinkConnection connection)
    {
        _echo.Serve(connection);
        if (_probes.TryGetValue(connection.Preface.Sender, out var probe) && probe.Gate.State != PeerState.Up)
            probe.Nudge();
    }

    public void Dispose()
    {
        _directory.Changed -= Reconcile;
        _stop.Set();
        if (_pinger.IsAlive)
            _pinger.Join();
        foreach (var probe in _probes.Values)
            probe.Stop();
        _ender.Dispose();
        _notifier.Dispose();
    }

    private long Now() => (long)_time.GetElapsedTime(_origin).TotalMilliseconds;

    private long NowMicroseconds() => (long)_time.GetElapsedTime(_origin).TotalMicroseconds;

    private void Ping()
    {
        var next = Now();
        var interval = (long)_options.PingInterval.TotalMilliseconds;
        while (true)
        {
            next += interval;
            var wait = next - Now();
            // After a pause the missed turns are not made up for.
            if (wait < 0)
                (wait, next) = (0, Now());
            if (_stop.Wait(TimeSpan.FromMilliseconds(wait)))
                return;
            Turn(Now());
        }
    }

    private void Turn(long now)
    {
        if (_judge.Turn(now) is > 0 and var paused)
            NodeLinkLog.OwnPause(_logger, paused);
        foreach (var probe in _probes.Values)
        {
            probe.Turn(now);
            if (probe.Gate.State == PeerState.Up && _judge.IsDead(now, probe.LastAnswer))
                Down(probe, $"no answer for {now - probe.LastAnswer} ms");
        }
    }

    private void Answered(PeerProbe probe)
    {
        if (probe.Gate.State == PeerState.Up || !_probes.TryGetValue(probe.Gate.Peer, out var current) || current != probe)
            return;
        if (probe.Gate.MarkUp())
        {
            NodeLinkLog.PeerUp(_logger, probe.Gate.Peer);
            _notifier.Signal();
        }
    }

    private void Refused(PeerProbe probe) => Down(probe, "it refuses connections", gone: true);

    private void Down(PeerProbe probe, string reason, bool gone = false)
    {
        if (!probe.Gate.MarkDown(gone))
            return;
        _ender.Signal();
        NodeLinkLog.PeerDown(_logger, probe.Gate.Peer, reason);
        _notifier.Signal();
    }

    private void Reconcile()
    {
        lock (_reconcileLock)
        {
            var wanted = _directory.Nodes.Select(node => node.Id).Where(id => id != _options.Self).ToHashSet();
            foreach (var (id, probe) in _probes)
            {
                if (wanted.Contains(id) || !_probes.TryRemove(id, out _))
                    continue;
                probe.Stop();
                Down(probe, "it is no longer a node of the cluster");
                probe.Gate.Forget();
            }

            foreach (var id in wanted.Where(id => !_probes.ContainsKey(id)))
            {
                var probe = new PeerProbe(_gates.Of(id), _options, _dialer, Now, NowMicroseconds, Answered, Refused, _logger);
                if (_probes.TryAdd(id, probe))
                    probe.Start();
            }
        }
    }

    private void EndDoomed()
    {
        foreach (var gate in _gates.All)
        {
            try
            {
                gate.EndDoomed();
            }
            catch (Exception e)
            {
                // Foreign code hangs on cancellation tokens; its failure must not keep the other peers' connections alive.
                NodeLinkLog.LivenessHandlerFailed(_logger, e);
            }
        }
    }

    private void Notify()
    {
        foreach (var gate in _gates.All)
        {
            // States are told, not transitions: a peer that was down only until this turn is nothing new.
            var alive = gate.State == PeerState.Up;
            if (alive == gate.Notified)
                continue;
            gate.Notified = alive;
            try
            {
                Changed?.Invoke(gate.Peer, alive);
            }
            catch (Exception e)
            {
                NodeLinkLog.LivenessHandlerFailed(_logger, e);
            }
        }
    }
}

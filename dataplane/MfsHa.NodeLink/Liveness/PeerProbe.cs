using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Liveness;

/// <summary>
/// The ping connection to one peer. A thread of its own connects and reads the echoes; the monitor's thread sends the pings and looks at the clock,
/// so that neither a slow name service nor a stopped peer can delay a verdict.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The event is used by a thread that may end after Stop, inside a name look-up.")]
internal sealed class PeerProbe
{
    /// <summary>Bytes of a ping and of its echo: the sender's monotonic milliseconds, which come back unchanged.</summary>
    public const int PingLength = sizeof(long);

    private readonly NodeId _peer;
    private readonly NodeLinkOptions _options;
    private readonly LinkDialer _dialer;
    private readonly Func<long> _now;
    private readonly Action<PeerProbe> _refused;
    private readonly Action<PeerProbe> _answered;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _nudge = new(false);
    private readonly byte[] _ping = new byte[PingLength];
    private volatile bool _stopping;
    private volatile LinkConnection? _connection;
    private volatile Socket? _connecting;
    private long _attemptStarted;
    private long _lastAnswer;
    private long _connectedAt;

    public PeerProbe(PeerGate gate, NodeLinkOptions options, LinkDialer dialer, Func<long> now, Action<PeerProbe> answered, Action<PeerProbe> refused, ILogger logger)
    {
        Gate = gate;
        _peer = gate.Peer;
        _options = options;
        _dialer = dialer;
        _now = now;
        _answered = answered;
        _refused = refused;
        _logger = logger;
        _lastAnswer = now();
        _thread = new Thread(Run) { IsBackground = true, Name = $"ping {_peer}", Priority = ThreadPriority.AboveNormal };
    }

    public PeerGate Gate { get; }

    /// <summary>When the last echo came, in the monitor's milliseconds.</summary>
    public long LastAnswer => Volatile.Read(ref _lastAnswer);

    public void Start() => _thread.Start();

    /// <summary>Stops without waiting: the thread may be inside a name look-up that cannot be ended.</summary>
    public void Stop()
    {
        _stopping = true;
        _nudge.Set();
        _connecting?.Close(timeout: 0);
        _connection?.Abort();
    }

    /// <summary>Tries to connect now instead of after the pause: the peer has just shown that it lives.</summary>
    public void Nudge() => _nudge.Set();

    /// <summary>Called by the monitor's thread every ping interval.</summary>
    public void Turn(long now)
    {
        if (_connecting is { } attempt && now - Volatile.Read(ref _attemptStarted) > (long)_options.ConnectTimeout.TotalMilliseconds)
            attempt.Close(timeout: 0);
        if (_connection is not { } connection)
            return;
        if (now - Math.Max(LastAnswer, Volatile.Read(ref _connectedAt)) > (long)_options.ReopenAfter.TotalMilliseconds)
        {
            // After a partition the old connection would retransmit with long pauses; a new one answers at once.
            connection.Abort();
            return;
        }

        try
        {
            BinaryPrimitives.WriteInt64LittleEndian(_ping, now);
            connection.Stream.Write(_ping);
        }
        catch (Exception e)
        {
            // Whatever the security layer throws ends this connection; the pinging thread serves all the other peers.
            NodeLinkLog.PingConnectionEnded(_logger, _peer, e.Message);
            connection.Abort();
        }
    }

    private void Run()
    {
        var pause = TimeSpan.Zero;
        while (!_stopping)
        {
            if (pause > TimeSpan.Zero)
                _nudge.Wait(pause);
            _nudge.Reset();
            if (_stopping)
                return;
            try
            {
                using var attempt = new ConnectAttempt(this);
                var connection = _dialer.Connect(_peer, LinkKind.Monitor, attempt.Begin);
                attempt.Succeeded(connection);
                pause = TimeSpan.Zero;
                ReadEchoes(connection);
            }
            catch (PeerUnavailableException e)
            {
                NodeLinkLog.PingConnectionEnded(_logger, _peer, e.Message);
                if (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
                    _refused(this);
                pause = _options.PingInterval;
            }
            catch (Exception e)
            {
                // This thread must outlive whatever a security layer throws: without it the peer would stay down for good.
                NodeLinkLog.PingConnectionEnded(_logger, _peer, e.Message);
                pause = _options.ReconnectMax;
            }
        }
    }

    private void ReadEchoes(LinkConnection connection)
    {
        var answered = false;
        try
        {
            Span<byte> echo = stackalloc byte[PingLength];
            while (!_stopping)
            {
                connection.Stream.ReadExactly(echo);
                answered = true;
                var now = _now();
                Volatile.Write(ref _lastAnswer, now);
                // Echoes of pings that waited in a stopped process prove less than a fresh one.
                if (now - BinaryPrimitives.ReadInt64LittleEndian(echo) <= (long)_options.DeadAfter.TotalMilliseconds)
                    _answered(this);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            NodeLinkLog.PingConnectionEnded(_logger, _peer, e.Message);
        }
        finally
        {
            _connection = null;
            connection.Abort();
        }

        // A peer that takes connections and drops them (another node at its address) must not be asked in a busy loop.
        if (!answered && !_stopping)
            _nudge.Wait(_options.PingInterval);
    }

    private readonly struct ConnectAttempt(PeerProbe probe) : IDisposable
    {
        public void Begin(Socket socket)
        {
            Volatile.Write(ref probe._attemptStarted, probe._now());
            probe._connecting = socket;
            ObjectDisposedException.ThrowIf(probe._stopping, probe);
        }

        public void Succeeded(LinkConnection connection)
        {
            Volatile.Write(ref probe._connectedAt, probe._now());
            probe._connection = connection;
            probe._connecting = null;
            if (probe._stopping)
                connection.Abort();
        }

        public void Dispose() => probe._connecting = null;
    }
}

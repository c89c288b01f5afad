using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using MfsHa.NodeLink.Transport;
using MfsHa.Security;
using Microsoft.Extensions.Logging;

namespace MfsHa.NodeLink.Liveness;

/// <summary>
/// The ping connection to one peer. A thread of its own connects and reads the echoes; the monitor's thread sends the pings and looks at the clock,
/// so that neither a slow name service nor a stopped peer can delay a verdict.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The event is used by a thread that may end after Stop, inside a name look-up.")]
internal sealed class PeerProbe
{
    /// <summary>Bytes of a ping and of its echo: the sender's monotonic microseconds, which come back unchanged.</summary>
    public const int PingLength = sizeof(long);

    /// <summary>How often a refusal is logged that does not change, milliseconds.</summary>
    private const long RefusalEvery = 60_000;

    /// <summary>So many connections in a row that end before the first answer mean a refusal.</summary>
    private const int TellingEnds = 3;

    private readonly NodeId _peer;
    private readonly NodeLinkOptions _options;
    private readonly LinkDialer _dialer;
    private readonly Func<long> _now;
    private readonly Func<long> _nowMicroseconds;
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
    private long _roundTrip = -1;
    private long _connectedAt;
    private string? _toldRefusal;
    private long _toldAt;
    private int _earlyEnds;

    public PeerProbe(PeerGate gate, NodeLinkOptions options, LinkDialer dialer, Func<long> now, Func<long> nowMicroseconds, Action<PeerProbe> answered, Action<PeerProbe> refused, ILogger logger)
    {
        Gate = gate;
        _peer = gate.Peer;
        _options = options;
        _dialer = dialer;
        _now = now;
        _nowMicroseconds = nowMicroseconds;
        _answered = answered;
        _refused = refused;
        _logger = logger;
        _lastAnswer = now();
        _thread = new Thread(Run) { IsBackground = true, Name = $"ping {_peer}", Priority = ThreadPriority.AboveNormal };
    }

    public PeerGate Gate { get; }

    /// <summary>When the last echo came, in the monitor's milliseconds.</summary>
    public long LastAnswer => Volatile.Read(ref _lastAnswer);

    /// <summary>Round trip of the last ping that was answered; null for none.</summary>
    public TimeSpan? RoundTrip => Volatile.Read(ref _roundTrip) is >= 0 and var microseconds ? TimeSpan.FromMicroseconds(microseconds) : null;

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
            BinaryPrimitives.WriteInt64LittleEndian(_ping, _nowMicroseconds());
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
                // A handshake is dear: one that was refused is not repeated as often as a connect that is.
                if (e.InnerException is { } reason && TlsFailure.IsRefusal(reason))
                {
                    TellRefused(e.Message);
                    pause = _options.ReconnectMax;
                }
                else if (e.InnerException is IOException ended && EndedByPeer(ended) && _dialer.WhyRefused() is not null)
                {
                    NoteEarlyEnd($"it ended the handshake ({e.Message}): it may not use TLS");
                }
                else
                {
                    _earlyEnds = 0;
                }
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
        var isRefused = false;
        try
        {
            Span<byte> echo = stackalloc byte[PingLength];
            while (!_stopping)
            {
                connection.Stream.ReadExactly(echo);
                var sent = BinaryPrimitives.ReadInt64LittleEndian(echo);
                if (sent < 0 && FormatRefusal.TryRead(sent, connection.Stream, out var level, out var release))
                {
                    var reason = FormatRefusal.Told(_peer, level, release, _options.Formats);
                    _options.Formats.Refused(reason);
                    throw new LinkRefusedException(LinkRefusal.FormatLevel, reason.Message);
                }

                if (sent < 0)
                    throw LinkRefusedException.Told((LinkRefusal)sent);
                answered = true;
                (_toldRefusal, _earlyEnds) = (null, 0);
                var now = _now();
                Volatile.Write(ref _lastAnswer, now);
                var roundTrip = _nowMicroseconds() - sent;
                Volatile.Write(ref _roundTrip, roundTrip);
                // Echoes of pings that waited in a stopped process prove less than a fresh one.
                if (roundTrip <= (long)_options.DeadAfter.TotalMicroseconds)
                    _answered(this);
            }
        }
        catch (LinkRefusedException e)
        {
            TellRefused(e.Message);
            isRefused = true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            NodeLinkLog.PingConnectionEnded(_logger, _peer, e.Message);
            if (!answered && !_stopping && e is IOException ended && EndedByPeer(ended) && _dialer.WhyRefused() is { } guess)
            {
                NoteEarlyEnd($"it ended the connection before its first answer ({TlsFailure.ReasonOf(e)}): {guess}");
                isRefused = true;
            }
        }
        finally
        {
            _connection = null;
            connection.Abort();
        }

        // A peer that takes connections and drops them (another node at its address) must not be asked in a busy loop.
        if (!answered && !_stopping)
            _nudge.Wait(isRefused ? _options.ReconnectMax : _options.PingInterval);
    }

    private static bool EndedByPeer(IOException e) => e.InnerException is null or SocketException { SocketErrorCode: SocketError.ConnectionReset };

    /// <summary>A peer that dies ends connections, too, but then it refuses the next one.</summary>
    private void NoteEarlyEnd(string reason)
    {
        if (++_earlyEnds >= TellingEnds)
            TellRefused(reason);
    }

    /// <summary>Once for each reason, and again when it still holds after a while.</summary>
    private void TellRefused(string reason)
    {
        var now = _now();
        if (reason == _toldRefusal && now - _toldAt < RefusalEvery)
            return;
        (_toldRefusal, _toldAt) = (reason, now);
        NodeLinkLog.Refused(_logger, _peer, reason);
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

using System.Net;
using Microsoft.Extensions.Logging;
using MfsHa.NodeLink.Formats;
using MfsHa.NodeLink.Liveness;
using MfsHa.NodeLink.Raft;
using MfsHa.NodeLink.Rpc;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink;

/// <summary>Everything on the node link's port: pings, Raft connections and calls between nodes.</summary>
public sealed class NodeLinkHost : IAsyncDisposable
{
    private readonly NodeLinkOptions _options;
    private readonly ILogger _logger;
    private readonly LinkListener _listener;
    private readonly NodeMonitor _monitor;
    private readonly NodeRpc _rpc;
    private int _state;

    /// <summary>Creates the link; nothing is opened before <see cref="Start"/>.</summary>
    /// <param name="options">Timing and limits.</param>
    /// <param name="directory">Where the nodes are.</param>
    /// <param name="loggers">For logs.</param>
    /// <param name="security">What turns TCP connections into secure ones; null for none, and no token.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public NodeLinkHost(NodeLinkOptions options, INodeDirectory directory, ILoggerFactory loggers, ILinkSecurity? security = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _logger = loggers.CreateLogger("MfsHa.NodeLink");
        security ??= PlainLink.Instance;
        time ??= TimeProvider.System;
        var gates = new PeerGates();
        var dialer = new LinkDialer(options, directory, security, time);
        _monitor = new NodeMonitor(options, directory, dialer, gates, time, _logger);
        var gated = new GatedDialer(dialer, gates);
        _rpc = new NodeRpc(options, gated, gates, time, _logger);
        Raft = new RaftTransport(options, gated, gates, _logger);
        _listener = new LinkListener(options, security, time, _logger, Serve);
    }

    /// <summary>This node.</summary>
    public NodeId Self => _options.Self;

    /// <summary>The format levels that this node reads, and writes at.</summary>
    public FormatGate Formats => _options.Formats;

    /// <summary>Where the link listens, with the port that the system chose; after <see cref="Start"/>.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>Which peers answer pings.</summary>
    public IPeerLiveness Liveness => _monitor;

    /// <summary>Calls between nodes. Handlers are registered before <see cref="Start"/>.</summary>
    public INodeRpc Rpc => _rpc;

    /// <summary>Connections of Raft groups.</summary>
    public RaftTransport Raft { get; }

    /// <summary>Opens the port and begins to ping. Throws <see cref="System.Net.Sockets.SocketException"/> when the port is taken.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _state, 1) != 0)
            throw new InvalidOperationException("the node link was started before");
        _rpc.Start();
        _listener.Start();
        NodeLinkLog.Listening(_logger, _options.Self, _listener.EndPoint);
        _monitor.Changed += _rpc.PeerChanged;
        _monitor.Start();
    }

    /// <summary>Closes the port and all connections; calls in flight fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _state, 2) != 1)
            return;
        _monitor.Changed -= _rpc.PeerChanged;
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _rpc.DisposeAsync().ConfigureAwait(false);
        _monitor.Dispose();
    }

    private void Serve(LinkConnection connection)
    {
        switch (connection.Preface.Kind)
        {
            case LinkKind.Monitor:
                _monitor.Serve(connection);
                break;
            case LinkKind.Raft:
                Raft.Serve(connection);
                break;
            default:
                _rpc.Serve(connection);
                break;
        }
    }
}

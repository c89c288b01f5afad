using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using MfsHa.NodeLink.Liveness;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Raft;

/// <summary>
/// Connections of all Raft groups over the one port of the node link, in the shape that DotNext's
/// <c>RaftCluster.CustomTransportConfiguration(localEndPoint, serverConnectionFactory, clientConnectionFactory)</c> wants.
/// End points are <see cref="NodeEndPoint"/>s. Connections of a peer end when the peer goes down, and connects to it fail at once until it answers again.
/// </summary>
public sealed class RaftTransport
{
    private readonly NodeLinkOptions _options;
    private readonly GatedDialer _dialer;
    private readonly PeerGates _gates;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<ushort, RaftListener> _listeners = new();

    internal RaftTransport(NodeLinkOptions options, GatedDialer dialer, PeerGates gates, ILogger logger)
    {
        _options = options;
        _dialer = dialer;
        _gates = gates;
        _logger = logger;
    }

    /// <summary>Makes the listener of a group; it must be bound to this node's <see cref="NodeEndPoint"/>, one at a time per group.</summary>
    public IConnectionListenerFactory Listener(ushort group) => new RaftListenerFactory(this, group);

    /// <summary>Opens connections to other members of a group; the end point is their <see cref="NodeEndPoint"/>.</summary>
    public IConnectionFactory Connector(ushort group) => new RaftConnector(group, _dialer);

    /// <summary>Whether a node is down for sure, and not only silent: its host refuses connections to its port. False again as soon as it answers a ping.</summary>
    public bool IsGone(NodeId peer) => peer != _options.Self && _gates.Of(peer).IsGone;

    internal RaftListener Bind(ushort group, NodeEndPoint endPoint)
    {
        if (endPoint.Node != _options.Self)
            throw new ArgumentException($"{endPoint} is not this node ({_options.Self})", nameof(endPoint));
        var listener = new RaftListener(group, endPoint, _options.RaftBacklog, ended => _listeners.TryRemove(new(group, ended)));
        return _listeners.TryAdd(group, listener) ? listener : throw new InvalidOperationException($"group {group} listens already");
    }

    internal void Serve(LinkConnection link)
    {
        var (group, sender) = (link.Preface.Channel, link.Preface.Sender);
        var gate = _gates.Of(sender);
        if (!_listeners.TryGetValue(group, out var listener))
            Refuse("the group is not open on this node");
        else if (link.Preface.Incarnation != listener.LocalEndPoint.Incarnation)
            Refuse($"it looks for incarnation {link.Preface.Incarnation} of this node");
        else if (RaftConnection.TryOpen(link, gate, listener.LocalEndPoint, null) is not { } connection)
            Refuse("that node is down");
        else if (!listener.TryAccept(connection))
            Refuse("too many connections wait for the group", connection);

        void Refuse(string reason, RaftConnection? opened = null)
        {
            NodeLinkLog.RaftRefused(_logger, sender, link.Remote, group, reason);
            opened?.Abort();
            link.Abort();
        }
    }
}

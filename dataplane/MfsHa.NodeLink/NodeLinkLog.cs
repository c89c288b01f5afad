using System.Net;
using Microsoft.Extensions.Logging;

namespace MfsHa.NodeLink;

/// <summary>Log messages of the node link, events 100..199.</summary>
internal static partial class NodeLinkLog
{
    [LoggerMessage(100, LogLevel.Information, "node link of node {Self} listens on {EndPoint}")]
    public static partial void Listening(ILogger logger, NodeId self, EndPoint endPoint);

    [LoggerMessage(101, LogLevel.Warning, "node link: connection from {Remote} closed: {Reason}")]
    public static partial void PrefaceRefused(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(102, LogLevel.Warning, "node link: connection from {Remote} closed: there are {Limit} already")]
    public static partial void TooManyConnections(ILogger logger, EndPoint? remote, int limit);

    [LoggerMessage(103, LogLevel.Error, "node link: accept failed")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(104, LogLevel.Debug, "node link: {Remote} has connected and gone without a byte")]
    public static partial void Probed(ILogger logger, EndPoint? remote);

    [LoggerMessage(105, LogLevel.Warning, "node link: connection from {Remote} closed: {Limit} from its address have not said yet who they are")]
    public static partial void TooManyStrangers(ILogger logger, EndPoint? remote, int limit);

    [LoggerMessage(110, LogLevel.Information, "peer {Peer} is up")]
    public static partial void PeerUp(ILogger logger, NodeId peer);

    [LoggerMessage(111, LogLevel.Warning, "peer {Peer} is down: {Reason}")]
    public static partial void PeerDown(ILogger logger, NodeId peer, string reason);

    [LoggerMessage(112, LogLevel.Warning, "this process did not run for {Milliseconds} ms; peers get a new grace period")]
    public static partial void OwnPause(ILogger logger, long milliseconds);

    [LoggerMessage(113, LogLevel.Debug, "ping connection to {Peer} ended: {Reason}")]
    public static partial void PingConnectionEnded(ILogger logger, NodeId peer, string reason);

    [LoggerMessage(114, LogLevel.Error, "a handler of liveness changes failed")]
    public static partial void LivenessHandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(115, LogLevel.Warning, "ping connection of node {Peer} ({Remote}) closed: it ended inside a ping")]
    public static partial void PingCutOff(ILogger logger, NodeId peer, EndPoint? remote);

    [LoggerMessage(116, LogLevel.Debug, "ping connection of node {Peer} ({Remote}) ended: {Reason}")]
    public static partial void EchoEnded(ILogger logger, NodeId peer, EndPoint? remote, string reason);

    [LoggerMessage(117, LogLevel.Warning, "node {Peer} does not let this node in: {Reason}")]
    public static partial void Refused(ILogger logger, NodeId peer, string reason);

    [LoggerMessage(120, LogLevel.Information, "raft connection of node {Peer} ({Remote}) for group {Group} refused: {Reason}")]
    public static partial void RaftRefused(ILogger logger, NodeId peer, EndPoint? remote, ushort group, string reason);

    [LoggerMessage(130, LogLevel.Warning, "rpc connection with node {Peer} ({Remote}) ended: {Reason}")]
    public static partial void RpcEnded(ILogger logger, NodeId peer, EndPoint? remote, string reason);

    [LoggerMessage(131, LogLevel.Debug, "rpc connection to node {Peer} failed: {Reason}")]
    public static partial void RpcConnectFailed(ILogger logger, NodeId peer, string reason);

    [LoggerMessage(132, LogLevel.Warning, "handler of {Method} for node {Peer} failed")]
    public static partial void HandlerFailed(ILogger logger, RpcMethod method, NodeId peer, Exception exception);

    [LoggerMessage(133, LogLevel.Warning, "call of {Method} by node {Peer} refused: {Reason}")]
    public static partial void CallRefused(ILogger logger, RpcMethod method, NodeId peer, string reason);
}

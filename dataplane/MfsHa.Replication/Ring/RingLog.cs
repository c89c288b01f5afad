using Microsoft.Extensions.Logging;
using MfsHa.NodeLink;

namespace MfsHa.Replication.Ring;

/// <summary>Log messages of the ring, events 200..219.</summary>
internal static partial class RingLog
{
    [LoggerMessage(200, LogLevel.Debug, "ring: node {Peer} could not be asked: {Reason}")]
    public static partial void PullFailed(ILogger logger, NodeId peer, string reason);

    [LoggerMessage(201, LogLevel.Error, "ring: exchange with node {Peer} failed")]
    public static partial void ExchangeFailed(ILogger logger, NodeId peer, Exception exception);

    [LoggerMessage(202, LogLevel.Information, "ring: too far behind to be told removals; stream {Stream} is read from its beginning from node {Peer}")]
    public static partial void StreamRestarted(ILogger logger, Streams.StreamId stream, NodeId peer);

    [LoggerMessage(204, LogLevel.Error, "ring: a turn failed")]
    public static partial void TurnFailed(ILogger logger, Exception exception);

    [LoggerMessage(203, LogLevel.Warning, "ring: {Rounds} answers of node {Peer} did not bring this node up to date; going on later")]
    public static partial void ManyRounds(ILogger logger, NodeId peer, int rounds);
}

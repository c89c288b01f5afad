using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Consensus;

/// <summary>Log messages of the consensus layer.</summary>
internal static partial class ConsensusLog
{
    [LoggerMessage(1, LogLevel.Information, "Group {Group} opened: term {Term}, log {First}..{Last}, state at {Applied}")]
    public static partial void Opened(ILogger logger, ushort group, long term, long first, long last, long applied);

    [LoggerMessage(2, LogLevel.Information, "Raft leader elected: group {Group}, leader {Leader}, term {Term}, ready here: {Ready}")]
    public static partial void LeadershipChanged(ILogger logger, ushort group, NodeId leader, long term, bool ready);

    [LoggerMessage(19, LogLevel.Information, "Group {Group}: no leader, term {Term}")]
    public static partial void NoLeader(ILogger logger, ushort group, long term);

    [LoggerMessage(3, LogLevel.Information, "Group {Group}: fetching the state from node {Holder}")]
    public static partial void InstallBegins(ILogger logger, ushort group, NodeId holder);

    [LoggerMessage(4, LogLevel.Information, "Group {Group}: took over the state at {Index}, {Bytes} bytes")]
    public static partial void Installed(ILogger logger, ushort group, long index, long bytes);

    [LoggerMessage(5, LogLevel.Warning, "Group {Group}: could not take over the state of node {Holder}: {Reason}")]
    public static partial void InstallFailed(ILogger logger, ushort group, NodeId holder, string reason);

    [LoggerMessage(6, LogLevel.Critical, "Group {Group} cannot go on; the node has to stop")]
    public static partial void Broken(ILogger logger, Exception cause, ushort group);

    [LoggerMessage(7, LogLevel.Critical, "The log store at {Path} has failed; the node has to stop")]
    public static partial void StoreFailed(ILogger logger, Exception cause, string path);

    [LoggerMessage(8, LogLevel.Warning, "The disk has not synced for {Pending}; giving leadership away")]
    public static partial void DiskStalls(ILogger logger, TimeSpan pending);

    [LoggerMessage(9, LogLevel.Information, "The disk syncs again")]
    public static partial void DiskRecovered(ILogger logger);

    [LoggerMessage(10, LogLevel.Warning, "Group {Group}: for {Span} every commit has waited for this node's disk only; giving leadership away")]
    public static partial void DiskIsSlowest(ILogger logger, ushort group, TimeSpan span);

    [LoggerMessage(11, LogLevel.Warning, "Group {Group}: {What} failed: {Reason}")]
    public static partial void StepFailed(ILogger logger, ushort group, string what, string reason);

    [LoggerMessage(12, LogLevel.Critical, "Group {Group}: QUORUM FORCED. Its members were {Former}; from now on {Self} alone goes on from its own log, which ends at {Last} and is known to be committed to {Committed}. What only the others had is lost")]
    public static partial void Forced(ILogger logger, ushort group, string former, NodeEndPoint self, long last, long committed);

    [LoggerMessage(13, LogLevel.Critical, "Group {Group}: the forcing of a quorum was interrupted. No change is made until mfsha-admin force-quorum is called again")]
    public static partial void ForcingUnfinished(ILogger logger, ushort group);
}

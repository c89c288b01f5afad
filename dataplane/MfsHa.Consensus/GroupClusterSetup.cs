using System.Globalization;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Consensus.Log;
using MfsHa.Consensus.Membership;
using MfsHa.Consensus.Transport;
using MfsHa.NodeLink;

namespace MfsHa.Consensus;

/// <summary>DotNext's settings for a group, and why.</summary>
internal static class GroupClusterSetup
{
    /// <summary>
    /// Heartbeat, append and fsync share this timeout in the library, so it must outlast a slow disk. Dead peers are found by the node link's pings, which
    /// abort their connections; waiting for votes has a deadline of its own.
    /// </summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Share of the lower election timeout after which an unanswered request for a vote is given up.</summary>
    private const double VoteDeadlineShare = 0.6;

    /// <summary>Election timeouts for which a member that gave leadership away lets others go first: time for them to be elected, and once more if votes are split.</summary>
    private const int RestraintTimeouts = 4;

    public static GroupCluster Create(GroupContext context, ushort group, GroupConfigurationStorage members, GroupLog log)
    {
        var options = context.Options;
        var voteDeadline = options.ElectionTimeout * VoteDeadlineShare;
        var timeout = (int)options.ElectionTimeout.TotalMilliseconds;
        GroupCluster? cluster = null;
        var turn = new ElectionTurn(
            group,
            context.Self.Node,
            options.ElectionTimeout,
            () => members.Members,
            () => (cluster?.Leader?.EndPoint as NodeEndPoint)?.Node,
            context.Raft.IsGone,
            () => cluster is { HasJustResigned: true } or { StandsBack: true },
            () => cluster is { IsNominated: true });
        var connector = new ElectionConnector(context.Raft.Connector(group), voteDeadline, turn.Wait, context.Time);
        var configuration = new RaftCluster.CustomTransportConfiguration(context.Self, context.Raft.Listener(group), connector)
        {
            LowerElectionTimeout = timeout, // the same for all, nothing is drawn: see ElectionTurn
            UpperElectionTimeout = timeout,
            HeartbeatThreshold = options.Heartbeat / options.ElectionTimeout,
            RequestTimeout = RequestTimeout,
            ConnectTimeout = options.ElectionTimeout,
            ColdStart = false, // a node that knows no members waits to be added; it never founds a group of its own
            ConfigurationStorage = members,
            IsLeaderLeaseEnabled = false, // a timer, wrong after pauses: see ReadBarrier
            LoggerFactory = new LibraryLoggers(context.Loggers, group.ToString(CultureInfo.InvariantCulture)),
        };
        return cluster = new GroupCluster(configuration, RestraintTimeouts * options.ElectionTimeout) { AuditTrail = log };
    }

    /// <summary>An empty directory for the log that <see cref="GroupLog"/> inherits and does not use.</summary>
    public static string PrepareIdleDirectory(GroupContext context, ushort group)
    {
        var directory = Path.Combine(context.IdleDirectory, group.ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        return directory;
    }
}

using System.Globalization;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Consensus.Log;
using MfsHa.Consensus.Membership;
using MfsHa.Consensus.Transport;

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

    public static GroupCluster Create(GroupContext context, ushort group, GroupConfigurationStorage members, GroupLog log)
    {
        var options = context.Options;
        var voteDeadline = options.ElectionTimeout * VoteDeadlineShare;
        var connector = new VoteDeadlineConnector(context.Raft.Connector(group), voteDeadline, context.Time);
        var configuration = new RaftCluster.CustomTransportConfiguration(context.Self, context.Raft.Listener(group), connector)
        {
            LowerElectionTimeout = (int)options.ElectionTimeout.TotalMilliseconds,
            UpperElectionTimeout = 2 * (int)options.ElectionTimeout.TotalMilliseconds,
            HeartbeatThreshold = options.Heartbeat / options.ElectionTimeout,
            RequestTimeout = RequestTimeout,
            ConnectTimeout = options.ElectionTimeout,
            ColdStart = false, // a node that knows no members waits to be added; it never founds a group of its own
            ConfigurationStorage = members,
            IsLeaderLeaseEnabled = false, // a timer, wrong after pauses: see ReadBarrier
            LoggerFactory = new LibraryLoggers(context.Loggers, group.ToString(CultureInfo.InvariantCulture)),
        };
        return new GroupCluster(configuration) { AuditTrail = log };
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

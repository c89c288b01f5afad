using MfsHa.Consensus.Snapshots;
using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>Timing of the Raft groups.</summary>
public static class ConsensusKeys
{
    private const long MaxMoveBytes = 1L << 40;

    /// <summary><c>HA_RAFT_ELECTION_TIMEOUT</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> ElectionTimeout = Key(
        "HA_RAFT_ELECTION_TIMEOUT", TimeFormats.Milliseconds(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30)), "250ms", ReloadClass.Restart,
        "Time without a word of the leader after which a member grants votes to others. From then on members stand for election one after the other: soon when the leader's process is gone, 0.4 times as much later when it is only silent. The same on all nodes.");

    /// <summary><c>HA_RAFT_HEARTBEAT_TIMEOUT</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> Heartbeat = Key(
        "HA_RAFT_HEARTBEAT_TIMEOUT", TimeFormats.Milliseconds(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10)), "100ms", ReloadClass.Restart,
        "Period of the leader's heartbeats. Must be less than half of HA_RAFT_ELECTION_TIMEOUT.");

    /// <summary><c>HA_RAFT_PRIORITY</c>.</summary>
    public static readonly ConfigurationKey<int> Priority = Key(
        "HA_RAFT_PRIORITY", NumberFormats.Integer(0, 1000), "0", ReloadClass.Restart,
        "Leaders of groups are spread over the nodes with the greatest number that are there; the others lead only while all of these are away. After a start a node gets leaders back one by one, 20 s later.");

    /// <summary><c>HA_METADATA_SYNC_INTERVAL</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> SyncInterval = Key(
        "HA_METADATA_SYNC_INTERVAL", TimeFormats.Milliseconds(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)), "5s", ReloadClass.Restart,
        "How often applied state is made durable so that the Raft log can be cut. No acknowledged change depends on it: those are durable in the log before they are acknowledged. Shorter means faster starts, longer means less writing.");

    /// <summary><c>HA_CONSISTENCY_CHECK_INTERVAL</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> ComparisonInterval = Key(
        "HA_CONSISTENCY_CHECK_INTERVAL", TimeFormats.Seconds(TimeSpan.Zero, TimeSpan.FromDays(30)), "1h", ReloadClass.Restart,
        "How often the leader of a group compares the checksums of its replicas; 0: never. A node whose replica differs from a majority stops, and does not start again on that data (HA_REBUILD_DAMAGED).");

    /// <summary><c>HA_REBUILD_DAMAGED</c>.</summary>
    public static readonly ConfigurationKey<bool> RebuildDamaged = Key(
        "HA_REBUILD_DAMAGED", TextFormats.Flag, "1", ReloadClass.Restart,
        "Whether a node that has stopped because its own data are damaged, or differ from those of a majority, is built anew from the others at its next start: it has itself removed, which needs a majority without it, puts its data into DATA_PATH/damaged-TIME, and joins again. At most once in an hour. 0: it does not start, or goes on with what can be read, until a person replaces it.");

    /// <summary><c>HA_MOVE_BYTES_PER_SECOND</c>.</summary>
    public static readonly ConfigurationKey<long> MoveBytesPerSecond = Key(
        "HA_MOVE_BYTES_PER_SECOND", SizeFormats.BytesOrNone(ShippingPace.MinBytesPerSecond, MaxMoveBytes), "0", ReloadClass.Reload,
        "How many bytes of shards' states a node sends to other nodes per second, all together; 0: no limit. States are sent to nodes that get a replica (a move, a new node), and to those that were away for longer than the log reaches back, which so stay behind for longer, too. What is written meanwhile stays in the sender's log until the state has arrived.");

    /// <summary><c>HA_MOVES_AT_ONCE</c>.</summary>
    public static readonly ConfigurationKey<int> MovesAtOnce = Key(
        "HA_MOVES_AT_ONCE", NumberFormats.Integer(1, ClusterKeys.MaxShards + 1), "4", ReloadClass.Reload,
        "Of how many shards a node takes over states at once; others wait for their turn. Fewer means that the first ones are complete sooner.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new("Consensus", [ElectionTimeout, Heartbeat, Priority, SyncInterval, ComparisonInterval, RebuildDamaged, MoveBytesPerSecond, MovesAtOnce]);
}

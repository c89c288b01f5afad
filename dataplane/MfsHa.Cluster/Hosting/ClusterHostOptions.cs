using System.Net;
using MfsHa.Cluster.Chunks.Care;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Maintenance;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Consensus.Snapshots;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Transport;
using MfsHa.Replication.Ring;

namespace MfsHa.Cluster.Hosting;

/// <summary>What a node's cluster layer is started with.</summary>
public sealed record ClusterHostOptions
{
    /// <summary>This node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>All nodes of <c>MFSHA_PEERS</c>, this one included.</summary>
    public required IReadOnlyList<NodeAddress> Peers { get; init; }

    /// <summary>What the node was told on its command line: to form a cluster alone, or to join one; null for nothing.</summary>
    public FormationOrder? Order { get; init; }

    /// <summary>An empty node may form a cluster with the others (<c>MFSHA_FORM_CLUSTER</c>); without, it waits for one that exists. An order counts more. Default true.</summary>
    public bool MayForm { get; init; } = true;

    /// <summary>Where the node link listens.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>What makes connections between nodes secure; null for nothing.</summary>
    public ILinkSecurity? Security { get; init; }

    /// <summary>The data directory (<c>DATA_PATH</c>); exists and is writable.</summary>
    public required string DataPath { get; init; }

    /// <summary>Number of shards of a new cluster (<c>HA_SHARD_COUNT</c>).</summary>
    public ushort ShardCount { get; init; } = 1;

    /// <summary>Replicas of each shard of a new cluster (<c>HA_REPLICATION_FACTOR</c>), at least 1. Default 3.</summary>
    public byte ReplicationFactor { get; init; } = 3;

    /// <summary>How many levels of new directories below the root go to shards of their own (<c>HA_SHARD_SPREAD_DEPTH</c>); 0 = all stay with their parents.</summary>
    public int SpreadDepth { get; init; } = 2;

    /// <summary>Timing of the groups.</summary>
    public ConsensusOptions Consensus { get; init; } = new();

    /// <summary>Which node should lead (<c>HA_RAFT_PRIORITY</c>): the greater number.</summary>
    public int Priority { get; init; }

    /// <summary>How often a node looks whether it should hand a leader over. Default 5 s.</summary>
    public TimeSpan SpreadInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Uptime after which a node gets leaders from others. Default 20 s.</summary>
    public TimeSpan SettledAfter { get; init; } = TimeSpan.FromSeconds(LeaderSpread.SettledAfter);

    /// <summary>How often the leader of a group compares the checksums of its replicas (<c>HA_CONSISTENCY_CHECK_INTERVAL</c>); zero: never. Default one hour.</summary>
    public TimeSpan ComparisonInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How CRDT state travels round the ring.</summary>
    public RingOptions Ring { get; init; } = new();

    /// <summary>Limits of the router.</summary>
    public RouterOptions Router { get; init; } = new();

    /// <summary>Memory for HOT and WARM tier together (<c>HA_CRDT_MAX_MEMORY</c>), bytes.</summary>
    public long MaxMemoryBytes { get; init; } = 256L << 20;

    /// <summary>SESSION_SUSTAIN_TIME.</summary>
    public TimeSpan SessionSustain { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How fast copies of chunks are looked after.</summary>
    public CarePace Chunks { get; init; } = new();

    /// <summary>Bytes of states that are sent to other nodes per second (<c>HA_MOVE_BYTES_PER_SECOND</c>); 0: no limit.</summary>
    public long MoveBytesPerSecond { get; init; }

    /// <summary>States that are taken over at once (<c>HA_MOVES_AT_ONCE</c>), at least 1.</summary>
    public int MovesAtOnce { get; init; } = ShippingPace.DefaultAtOnce;

    /// <summary>Failure domain of this node (<c>MFSHA_REGION</c>).</summary>
    public string Region { get; init; } = "";
}

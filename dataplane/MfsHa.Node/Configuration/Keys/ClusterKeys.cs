using System.Collections.Immutable;
using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>Who this node is and who its peers are.</summary>
public static class ClusterKeys
{
    /// <summary>Most shards of one cluster.</summary>
    public const int MaxShards = 64;

    /// <summary>Most replicas of a shard.</summary>
    public const int MaxReplicas = 7;

    /// <summary><c>MFSHA_NODE_ID</c>.</summary>
    public static readonly ConfigurationKey<int?> NodeId = Key(
        "MFSHA_NODE_ID", NumberFormats.OptionalInteger(1, ushort.MaxValue), "", ReloadClass.Restart,
        "Id of this node in the cluster. May be left out when MFSHA_PEERS names at most one node. It stays with the data directory: a node that lost its disk is removed and added again, never started empty under its old state.");

    /// <summary><c>MFSHA_PEERS</c>.</summary>
    public static readonly ConfigurationKey<ImmutableArray<PeerAddress>> Peers = Key(
        "MFSHA_PEERS", AddressFormats.Peers, "", ReloadClass.Restart,
        "All nodes of the cluster, this one included, the same list on every node. The n-th peer is node n, or each is written id@host:port. The port defaults to MFSHA_PORT. Empty: a cluster of this node alone. Three nodes survive the loss of one, five the loss of two; an even number survives no more than one less.");

    /// <summary><c>MFSHA_FORM_CLUSTER</c>.</summary>
    public static readonly ConfigurationKey<bool> MayForm = Key(
        "MFSHA_FORM_CLUSTER", TextFormats.Flag, "1", ReloadClass.Restart,
        "1: when all nodes of MFSHA_PEERS answer and all are empty, they form a new cluster. 0: a node with an empty data directory never does, and waits for a node of the cluster: for clusters that exist, so that one whose disks are all lost does not go on as a new, empty one.");

    /// <summary><c>BIND_HOST</c>.</summary>
    public static readonly ConfigurationKey<string> BindHost = Key(
        "BIND_HOST", AddressFormats.ListenHost, "*", ReloadClass.Restart,
        "Address on which MFSHA_PORT and MFSHA_ADMIN_PORT listen; * means any.");

    /// <summary><c>MFSHA_PORT</c>.</summary>
    public static readonly ConfigurationKey<int> Port = Key(
        "MFSHA_PORT", NumberFormats.Port, "9430", ReloadClass.Restart,
        "Port for the other nodes (Raft, forwarded requests, deltas).");

    /// <summary><c>MFSHA_ADMIN_PORT</c>.</summary>
    public static readonly ConfigurationKey<int> AdminPort = Key(
        "MFSHA_ADMIN_PORT", NumberFormats.Port, "9431", ReloadClass.Restart,
        "Port of the admin service: gRPC for mfsha-admin, and HTTP/1.1 for /healthz, /readyz and /metrics.");

    /// <summary><c>DATA_PATH</c>.</summary>
    public static readonly ConfigurationKey<string> DataPath = Key(
        "DATA_PATH", TextFormats.AbsolutePath, "/var/lib/mfsha", ReloadClass.Restart,
        "Directory of everything this node stores: Raft logs, state, lock file. Belongs to one node; must be on a disk whose fsync is honest.");

    /// <summary><c>MFSHA_REGION</c>.</summary>
    public static readonly ConfigurationKey<string> Region = Key(
        "MFSHA_REGION", TextFormats.Label, "", ReloadClass.Restart,
        "Name of the failure domain (rack, zone, data centre) of this node. When all nodes have one, each shard has its replicas in as many different ones as there are (docs/admin.md).");

    /// <summary><c>HA_SHARD_COUNT</c>.</summary>
    public static readonly ConfigurationKey<int> ShardCount = Key(
        "HA_SHARD_COUNT", NumberFormats.Integer(1, MaxShards), "1", ReloadClass.Formation,
        "Number of shards of the namespace, each ordered by its own Raft group; fixed when the cluster is created, the same on all nodes. More than one is new and a warning: README.md says what does not work then.");

    /// <summary><c>HA_REPLICATION_FACTOR</c>.</summary>
    public static readonly ConfigurationKey<int> ReplicationFactor = Key(
        "HA_REPLICATION_FACTOR", NumberFormats.Integer(1, MaxReplicas), "3", ReloadClass.Formation,
        "Replicas of each shard; fixed when the cluster is created. With more nodes than that each shard is on some of them, spread evenly, and a node that comes or goes takes its share over or leaves it to others; with fewer nodes every one has all shards. Three replicas survive the loss of one, five the loss of two; an even number survives no more than one less. The system group is on every node.");

    /// <summary><c>HA_SHARD_SPREAD_DEPTH</c>.</summary>
    public static readonly ConfigurationKey<int> ShardSpreadDepth = Key(
        "HA_SHARD_SPREAD_DEPTH", NumberFormats.Integer(0, 8), "2", ReloadClass.Restart,
        "With several shards: new directories on so many levels below the root go to shards of their own, deeper ones stay with their parents. 0: all stay.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new("Cluster", [NodeId, Peers, MayForm, BindHost, Port, AdminPort, DataPath, Region, ShardCount, ReplicationFactor, ShardSpreadDepth]);
}

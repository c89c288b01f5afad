using System.Collections.Immutable;
using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>The configuration of one node, complete and free of contradictions.</summary>
public sealed record NodeConfiguration
{
    /// <summary>Id of this node, 1..65535; one of <see cref="Peers"/>.</summary>
    public required int NodeId { get; init; }

    /// <summary>All nodes, this one included, each with its port, by id.</summary>
    public required ImmutableArray<PeerAddress> Peers { get; init; }

    /// <summary>True when MFSHA_PEERS names them; otherwise <see cref="Peers"/> is this node alone.</summary>
    public required bool HasPeers { get; init; }

    /// <summary>The node may form a cluster with others that are empty, too.</summary>
    public required bool MayForm { get; init; }

    /// <summary>Address to listen on for nodes and the admin service; "*" for any.</summary>
    public required string BindHost { get; init; }

    /// <summary>Port of the node link.</summary>
    public required int Port { get; init; }

    /// <summary>Port of the admin service.</summary>
    public required int AdminPort { get; init; }

    /// <summary>Directory of everything the node stores; absolute.</summary>
    public required string DataPath { get; init; }

    /// <summary>Failure domain; may be empty.</summary>
    public required string Region { get; init; }

    /// <summary>Number of shards of a new cluster.</summary>
    public required int ShardCount { get; init; }

    /// <summary>Replicas of each shard of a new cluster.</summary>
    public required int ReplicationFactor { get; init; }

    /// <summary>HA_SHARD_SPREAD_DEPTH.</summary>
    public required int ShardSpreadDepth { get; init; }

    /// <summary>Who is let in by nodes and by the admin service.</summary>
    public required SecurityConfiguration Security { get; init; }

    /// <summary>Timing of Raft.</summary>
    public required ConsensusConfiguration Consensus { get; init; }

    /// <summary>CRDT state and memory.</summary>
    public required ReplicationConfiguration Replication { get; init; }

    /// <summary>Port for clients.</summary>
    public required ListenerConfiguration Clients { get; init; }

    /// <summary>Port for chunkservers.</summary>
    public required ListenerConfiguration ChunkServers { get; init; }

    /// <summary>Port for metaloggers.</summary>
    public required ListenerConfiguration Metaloggers { get; init; }

    /// <summary>Password of chunkservers; empty for none.</summary>
    public required string AuthCode { get; init; }

    /// <summary>The file system as clients see it.</summary>
    public required FileSystemConfiguration FileSystem { get; init; }

    /// <summary>Pace of the chunk supervisor.</summary>
    public required ChunkConfiguration Chunks { get; init; }

    /// <summary>How the process runs.</summary>
    public required ProcessConfiguration Process { get; init; }

    /// <summary>The log.</summary>
    public required LogConfiguration Log { get; init; }

    /// <summary>Tracing of requests.</summary>
    public required TraceConfiguration Traces { get; init; }

    internal static NodeConfiguration From(ConfigurationValues values)
    {
        string dataPath = values.Get(ClusterKeys.DataPath);
        int port = values.Get(ClusterKeys.Port);
        string bindHost = values.Get(ClusterKeys.BindHost);
        int? givenId = values.Get(ClusterKeys.NodeId);
        ImmutableArray<PeerAddress> peers =
        [
            .. values.Get(ClusterKeys.Peers).Select(p => p with { Port = p.Port ?? port }).OrderBy(p => p.Id),
        ];
        bool hasPeers = !peers.IsEmpty;
        if (!hasPeers)
        {
            peers = [new PeerAddress(givenId ?? 1, bindHost == "*" ? "127.0.0.1" : bindHost, port)];
        }

        return new NodeConfiguration
        {
            // 0 only until ConfigurationChecks has refused it.
            NodeId = givenId ?? (peers.Length == 1 ? peers[0].Id : 0),
            Peers = peers,
            HasPeers = hasPeers,
            MayForm = values.Get(ClusterKeys.MayForm),
            BindHost = bindHost,
            Port = port,
            AdminPort = values.Get(ClusterKeys.AdminPort),
            DataPath = dataPath,
            Region = values.Get(ClusterKeys.Region),
            ShardCount = values.Get(ClusterKeys.ShardCount),
            ReplicationFactor = values.Get(ClusterKeys.ReplicationFactor),
            ShardSpreadDepth = values.Get(ClusterKeys.ShardSpreadDepth),
            Security = SecurityConfiguration.From(values),
            Consensus = ConsensusConfiguration.From(values),
            Replication = ReplicationConfiguration.From(values),
            Clients = new(values.Get(ListenerKeys.ClientHost), values.Get(ListenerKeys.ClientPort), values.Get(ListenerKeys.ClientTimeout)),
            ChunkServers = new(
                values.Get(ListenerKeys.ChunkServerHost), values.Get(ListenerKeys.ChunkServerPort), values.Get(ListenerKeys.ChunkServerTimeout)),
            Metaloggers = new(
                values.Get(ListenerKeys.MetaloggerHost), values.Get(ListenerKeys.MetaloggerPort), values.Get(ListenerKeys.MetaloggerTimeout)),
            AuthCode = values.Get(ListenerKeys.AuthCode),
            FileSystem = FileSystemConfiguration.From(values, dataPath),
            Chunks = ChunkConfiguration.From(values),
            Process = ProcessConfiguration.From(values),
            Log = LogConfiguration.From(values, dataPath),
            Traces = TraceConfiguration.From(values),
        };
    }
}

using MfsHa.Cluster.Replicas;
using MfsHa.Consensus;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Storage.State;

namespace MfsHa.Cluster.Status;

/// <summary>What a node measures of itself, at one moment.</summary>
/// <param name="Uptime">Since its process started.</param>
/// <param name="Store">Bytes of the state store.</param>
/// <param name="WarmLimitBytes">What the WARM tier may take.</param>
/// <param name="HotLimitRecords">How many records the HOT tier may hold.</param>
/// <param name="Clock">The version vector of CRDT state.</param>
/// <param name="Merges">What became of CRDT state of other nodes.</param>
/// <param name="Chunks">Chunks whose copies are known.</param>
/// <param name="Replicas">By group.</param>
/// <param name="Peers">The other nodes, by id.</param>
public sealed record NodeFigures(
    TimeSpan Uptime,
    StateStoreUsage Store,
    long WarmLimitBytes,
    long HotLimitRecords,
    IReadOnlyList<(ChunkServerIncarnation Stream, long Seen)> Clock,
    MergeCounts Merges,
    long Chunks,
    IReadOnlyList<ReplicaFigures> Replicas,
    IReadOnlyList<PeerFigures> Peers);

/// <summary>A replica.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Leadership">Who leads.</param>
/// <param name="Applied">Last applied entry.</param>
/// <param name="Extent">Its log.</param>
/// <param name="HotRecords">Decoded records in memory.</param>
/// <param name="Counters">What was done with it.</param>
/// <param name="Elections">Terms that the node has seen begin.</param>
/// <param name="FailedElections">Those of them without a leader.</param>
/// <param name="LeaderChanges">Changes from one leader to another within 24 hours.</param>
public sealed record ReplicaFigures(
    ushort Group, Leadership Leadership, long Applied, LogExtent Extent, int HotRecords, ReplicaCounters Counters, long Elections, long FailedElections, int LeaderChanges);

/// <summary>Another node.</summary>
/// <param name="Node">Its id.</param>
/// <param name="IsReachable">It answers pings.</param>
/// <param name="RoundTrip">Of the last answered ping; null for none.</param>
public sealed record PeerFigures(NodeId Node, bool IsReachable, TimeSpan? RoundTrip);

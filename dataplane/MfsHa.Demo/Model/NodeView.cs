namespace MfsHa.Demo.Model;

/// <summary>One node.</summary>
/// <param name="Id">The node id.</param>
/// <param name="State">What the demo and the cluster know of its process.</param>
/// <param name="IsLeader">It leads the shard.</param>
/// <param name="Applied">Index of the last entry of the shard that it has applied; null: it does not answer.</param>
/// <param name="Uptime">Of its process; null: it does not answer.</param>
/// <param name="ServesClient">The mount is connected to it.</param>
public sealed record NodeView(int Id, NodeState State, bool IsLeader, ulong? Applied, TimeSpan? Uptime, bool ServesClient);

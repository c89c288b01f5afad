namespace MfsHa.Cluster.Replicas;

/// <summary>What was done with a replica since its process started.</summary>
/// <param name="Questions">Clients' questions answered from it.</param>
/// <param name="Commands">Commands applied to it.</param>
/// <param name="Lookups">Records looked for in the HOT tier.</param>
/// <param name="Hits">Those of them that were there.</param>
public readonly record struct ReplicaCounters(long Questions, long Commands, long Lookups, long Hits);

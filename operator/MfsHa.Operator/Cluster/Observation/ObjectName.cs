namespace MfsHa.Operator.Cluster.Observation;

/// <summary>An object of the cluster's namespace.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
public sealed record ObjectName(string Kind, string Name);

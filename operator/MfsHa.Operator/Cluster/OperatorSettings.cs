namespace MfsHa.Operator.Cluster;

/// <summary>What the operator was started with.</summary>
/// <param name="NodeImage">Image of nodes where a cluster names none.</param>
public sealed record OperatorSettings(string NodeImage);

namespace MfsHa.Cluster.Status;

/// <summary>A replica of this node is not what a majority of its members has: the node must not serve it.</summary>
public sealed class ReplicaDiffersException(string message) : IOException(message);

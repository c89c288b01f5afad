namespace MfsHa.Node.Commands;

/// <summary>What the command line says about how this node becomes part of a cluster.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="Peer">Admin services of the cluster that it joins, host[:port] separated by commas; null: it forms a cluster alone.</param>
/// <param name="Address">Where others reach its node link, host[:port]; null: it is found out.</param>
internal sealed record FormationRequest(int NodeId, string? Peer, string? Address);

namespace MfsHa.NodeLink;

/// <summary>Where a node's port 9430 is reached. The name, not an address it resolved to, is what identifies a Raft member.</summary>
/// <param name="Id">The node.</param>
/// <param name="Host">Host name or IPv4 address as configured in <c>MFSHA_PEERS</c>.</param>
/// <param name="Port">TCP port, 1..65535.</param>
public sealed record NodeAddress(NodeId Id, string Host, int Port);

namespace MfsHa.Consensus;

/// <summary>Something that consensus rules out has happened to a group on this node. The node has to stop; the replica has to be looked at.</summary>
public sealed class ConsensusViolationException(ushort group, string what) : Exception($"group {group}: {what}");

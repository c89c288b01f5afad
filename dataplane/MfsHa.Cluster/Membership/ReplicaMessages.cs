using MemoryPack;

namespace MfsHa.Cluster.Membership;

/// <summary>The leader of a shard wants a node to have a replica that it can add.</summary>
/// <param name="Group">The shard's group.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Incarnation">The node's data directory as the system group knows it: another one has no right to the node's name.</param>
[MemoryPackable]
public sealed partial record ReplicaInvitation(ushort Group, Guid Cluster, uint Incarnation);

/// <summary>Answer to a <see cref="ReplicaInvitation"/>.</summary>
/// <param name="Incarnation">As which member the replica is to be added; 0 when there is none.</param>
/// <param name="Refusal">Why there is none; null when there is one.</param>
[MemoryPackable]
public sealed partial record ReplicaAcceptance(uint Incarnation, string? Refusal);

/// <summary>A node with a replica that it is not to have any more asks whether that is a member.</summary>
/// <param name="Group">The group.</param>
/// <param name="Node">The node.</param>
/// <param name="Incarnation">Its incarnation in the group.</param>
[MemoryPackable]
public sealed partial record MemberQuestion(ushort Group, ushort Node, uint Incarnation);

/// <summary>Answer to a <see cref="MemberQuestion"/>.</summary>
/// <param name="IsNone">True when it is certainly none, and will be one only after another invitation.</param>
[MemoryPackable]
public sealed partial record MemberAnswer(bool IsNone);

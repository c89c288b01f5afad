using MemoryPack;

namespace MfsHa.Cluster.Membership;

/// <summary>A change of membership was not made; the message is for the person who asked for it.</summary>
public sealed class MembershipException(string message) : Exception(message);

/// <summary>Asks a group's leader for a change of its members.</summary>
/// <param name="Group">The group.</param>
/// <param name="Node">The node.</param>
/// <param name="Incarnation">With <paramref name="Add"/>: the data directory that is to be a member; others of the node are removed.</param>
/// <param name="Add">False: all data directories of the node are removed.</param>
[MemoryPackable]
public sealed partial record MembershipCall(ushort Group, ushort Node, uint Incarnation, bool Add);

/// <summary>Answer to a <see cref="MembershipCall"/>.</summary>
/// <param name="Changed">True when the members have changed.</param>
/// <param name="Refusal">Why nothing was done; null if nothing was to be done, or it was done.</param>
[MemoryPackable]
public sealed partial record MembershipAnswer(bool Changed, string? Refusal);

/// <summary>A node asks to be added with the data directory that it has.</summary>
/// <param name="Node">The node.</param>
/// <param name="Host">Where its node link is reached.</param>
/// <param name="Port">Its port.</param>
[MemoryPackable]
public sealed partial record JoinCall(ushort Node, string Host, int Port);

/// <summary>Answer to a <see cref="JoinCall"/>.</summary>
/// <param name="Refusal">Why it is no member; null when it is one.</param>
[MemoryPackable]
public sealed partial record JoinAnswer(string? Refusal);

/// <summary>Asks whether a data directory was removed from the cluster.</summary>
[MemoryPackable]
public sealed partial record RetirementCall(ushort Node, uint Incarnation, Guid Cluster);

/// <summary>Answer to a <see cref="RetirementCall"/>.</summary>
[MemoryPackable]
public sealed partial record RetirementAnswer(bool IsRetired);

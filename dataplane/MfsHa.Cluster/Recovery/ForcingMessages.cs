using MemoryPack;
using MfsHa.Consensus;

namespace MfsHa.Cluster.Recovery;

/// <summary>Asks a node what it has, or, with a group, to go on with it alone and then take the others in.</summary>
/// <param name="Group">The group; null: only tell.</param>
/// <param name="Kept">The nodes that stay and have a replica of the group, the called one included, with their incarnations in the group.</param>
[MemoryPackable]
public sealed partial record ForceCall(ushort? Group, KeptNode[] Kept);

/// <summary>A node with its data directory.</summary>
[MemoryPackable]
public readonly partial record struct KeptNode(ushort Node, uint Incarnation);

/// <summary>What a node has.</summary>
/// <param name="Self">The node.</param>
/// <param name="Cluster">The cluster that it belongs to.</param>
/// <param name="Alive">Other nodes that answer its pings.</param>
/// <param name="Known">Nodes that its replica of the system group has, removed ones left out.</param>
/// <param name="Replicas">Its replicas, by group; none while it is starting.</param>
[MemoryPackable]
public sealed partial record ForceSurvey(KeptNode Self, Guid Cluster, ushort[] Alive, ushort[] Known, SurveyedReplica[] Replicas)
{
    /// <summary>The node as a member of a group; null when it has no replica of it.</summary>
    public KeptNode? In(ushort group) => Array.Find(Replicas, r => r.Group == group) is { } replica
        ? Self with { Incarnation = replica.Incarnation == 0 ? Self.Incarnation : replica.Incarnation }
        : null;

    /// <summary>
    /// True when its data directory is a new one that waits: it belongs to no cluster yet, or all its replicas are there, have no entry, and know no members. One that is starting has no replicas, and may have anything.
    /// </summary>
    [MemoryPackIgnore]
    public bool IsEmpty => Cluster == Guid.Empty || (Array.Exists(Replicas, static r => r.Group == 0) && Array.TrueForAll(Replicas, static r => r.Last == 0 && r.Members.Length == 0));
}

/// <summary>One replica.</summary>
/// <param name="Group">The group.</param>
/// <param name="Term">Term of the last entry of its log.</param>
/// <param name="Last">Index of that entry.</param>
/// <param name="Committed">Up to where it is known to be committed.</param>
/// <param name="Leads">True when the node leads the group as far as it knows.</param>
/// <param name="Forcing">True when it was made the only member and waits for the first command (<see cref="IShardLog.IsForcing"/>).</param>
/// <param name="Members">The members as it knows them.</param>
/// <param name="Incarnation">As which of them it is here; 0 from a node of an older release, where it is that of the data directory.</param>
[MemoryPackable]
public sealed partial record SurveyedReplica(ushort Group, long Term, long Last, long Committed, bool Leads, bool Forcing, KeptNode[] Members, uint Incarnation);

/// <summary>Answer to a <see cref="ForceCall"/>.</summary>
/// <param name="Survey">What the node has.</param>
/// <param name="Refusal">Why it was not done; null when it was, or nothing was to be done.</param>
[MemoryPackable]
public sealed partial record ForceAnswer(ForceSurvey Survey, string? Refusal);

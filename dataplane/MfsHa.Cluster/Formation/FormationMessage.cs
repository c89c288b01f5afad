using MemoryPack;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Formation;

/// <summary>An identity on the node link.</summary>
[MemoryPackable]
public sealed partial record FormationMessage(ushort Node, Guid Instance, uint Incarnation, Guid Cluster, FormationMember[] Founders)
{
    /// <summary>The message for an identity.</summary>
    public static FormationMessage From(NodeIdentity identity) =>
        new(identity.Node.Value, identity.Instance, identity.Incarnation, identity.Cluster, [.. identity.Founders.Select(static f => new FormationMember(f.Node.Value, f.Instance, f.Incarnation))]);

    /// <summary>The identity.</summary>
    public NodeIdentity ToIdentity() =>
        new(new NodeId(Node), Instance, Incarnation, Cluster, [.. Founders.Select(static f => new Founder(new NodeId(f.Node), f.Instance, f.Incarnation))]);
}

/// <summary>A founder on the node link.</summary>
[MemoryPackable]
public sealed partial record FormationMember(ushort Node, Guid Instance, uint Incarnation);

using MfsHa.NodeLink;

namespace MfsHa.Cluster.Formation;

/// <summary>
/// Who this node's data directory is. Written before anything else is stored in it, so that a directory that was lost is never
/// mistaken for the one that voted (design.md 13).
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="Instance">Names this data directory; made at random once.</param>
/// <param name="Incarnation">Incarnation of the log store in it: by this consensus tells it from other lives of the node. Not 0.</param>
/// <param name="Cluster">The cluster that it belongs to, <see cref="Guid.Empty"/> before it was formed or joined.</param>
/// <param name="Founders">The data directories with which the cluster was formed; empty before, and on a node that joined later.</param>
public sealed record NodeIdentity(NodeId Node, Guid Instance, uint Incarnation, Guid Cluster, IReadOnlyList<Founder> Founders)
{
    /// <summary>True when the directory belongs to a cluster.</summary>
    public bool BelongsToCluster => Cluster != Guid.Empty;

    /// <summary>True when this directory is one of those with which the cluster was formed.</summary>
    public bool IsFounder => Founders.Contains(new Founder(Node, Instance, Incarnation));
}

/// <summary>One data directory with which a cluster was formed.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Instance">Its name.</param>
/// <param name="Incarnation">Incarnation of its log store.</param>
public readonly record struct Founder(NodeId Node, Guid Instance, uint Incarnation);

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// The first command of a cluster: what it is and who its founders are. Executed once; the same again gets the same answer,
/// another metaid or cluster id gets <see cref="StatusCode.EExist"/>.
/// </summary>
[MemoryPackable]
public sealed partial record FormCluster : SystemCommand
{
    /// <summary>Most shards (design.md 1).</summary>
    public const ushort MaxShards = 64;

    /// <summary>MooseFS's identity of the metadata, not 0: made at random, or taken over from an import.</summary>
    public required ulong MetaId { get; init; }

    /// <summary>mfsha's name of the cluster.</summary>
    public required Guid ClusterId { get; init; }

    /// <summary>masterprocessid for clients, not 0.</summary>
    public required ulong MasterProcessId { get; init; }

    /// <summary>Number of shards, 1..<see cref="MaxShards"/>.</summary>
    public required ushort Shards { get; init; }

    /// <summary>Replicas of each shard, at least 1.</summary>
    public required byte ReplicationFactor { get; init; }

    /// <summary>The founders; they become active nodes and hold, in this order, the first placement of all shards.</summary>
    public required NodeRecord[] Founders { get; init; }

    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.Cluster is { } formed)
        {
            return formed.MetaId == MetaId && formed.ClusterId == ClusterId ? new ClusterReply(formed) : new SystemStatus(StatusCode.EExist);
        }

        if (MetaId == 0 || MasterProcessId == 0 || Shards is 0 or > MaxShards || ReplicationFactor == 0 || !FoundersAreValid())
        {
            return new SystemStatus(StatusCode.EInval);
        }

        foreach (var node in Founders)
        {
            state.Nodes.Add(node.Node, node with { State = NodeState.Active, Since = context.Now });
        }

        for (ushort shard = 0; shard < Shards; shard++)
        {
            state.Placements.Add(shard, new PlacementRecord(shard, 1, FirstPlacement(shard)));
            foreach (var kind in (ReadOnlySpan<IdKind>)[IdKind.Inode, IdKind.Chunk])
            {
                var lease = IdLease.Initial(kind, shard, Shards);
                state.Leases.Add(((uint)kind, lease.First), lease);
            }
        }

        var cluster = new ClusterRecord
        {
            MetaId = MetaId,
            ClusterId = ClusterId,
            MasterProcessId = MasterProcessId,
            Shards = Shards,
            ReplicationFactor = ReplicationFactor,
            Formed = context.Now,
        };
        state.Cluster = cluster;
        return new ClusterReply(cluster);
    }

    private bool FoundersAreValid() =>
        Founders.Length > 0
        && Founders.All(static n => n.IsValid)
        && Founders.Select(static n => n.Node).Distinct().Count() == Founders.Length;

    private ushort[] FirstPlacement(ushort shard)
    {
        var nodes = new ushort[Math.Min(Founders.Length, ReplicationFactor)];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = Founders[(shard + i) % Founders.Length].Node;
        }

        return nodes;
    }
}

/// <summary>The cluster's record; <see cref="StatusCode.NotStarted"/> before it was formed.</summary>
[MemoryPackable]
public sealed partial record GetCluster : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => new ClusterReply(state.RequireCluster());
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// Leases the next free range of ids to a shard. Needs a token, or a repetition leases a second one. <see cref="StatusCode.EInval"/> for an unknown shard
/// or kind, <see cref="StatusCode.NoSpace"/> when everything is leased.
/// </summary>
[MemoryPackable]
public sealed partial record LeaseIds(IdKind Kind, ushort Shard) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (Kind is not (IdKind.Inode or IdKind.Chunk) || Shard >= state.RequireCluster().Shards)
        {
            return new SystemStatus(StatusCode.EInval);
        }

        ulong next = 0;
        foreach (var (_, lease) in state.Leases.Range(((uint)Kind, 0), ((uint)Kind + 1, 0)))
        {
            next = lease.First + lease.Count;
        }

        if (next >= IdLease.End(Kind))
        {
            return new SystemStatus(StatusCode.NoSpace);
        }

        var granted = new IdLease(Kind, next, IdLease.RangeLength(Kind), Shard, null);
        state.Leases.Add(((uint)Kind, next), granted);
        return new LeasesReply([granted]);
    }
}

/// <summary>All leases of both kinds.</summary>
[MemoryPackable]
public sealed partial record ListLeases : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => new LeasesReply(SystemState.Values(state.Leases.All()));
}

/// <summary>
/// Changes where a shard's replicas are. <see cref="StatusCode.Mismatch"/> when the placement has changed since it was read,
/// <see cref="StatusCode.EInval"/> for an unknown shard, no nodes, a node twice, or a node that is not a member.
/// </summary>
/// <param name="Shard">The shard.</param>
/// <param name="Epoch">Epoch of the placement that the proposer saw.</param>
/// <param name="Nodes">Nodes with a replica, the one that should lead first.</param>
[MemoryPackable]
public sealed partial record SetPlacement(ushort Shard, ulong Epoch, ushort[] Nodes) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.Placements.Get(Shard) is not { } placement
            || Nodes.Length == 0
            || Nodes.Distinct().Count() != Nodes.Length
            || !Array.TrueForAll(Nodes, n => state.Nodes.Get(n) is { State: not NodeState.Removed }))
        {
            return new SystemStatus(StatusCode.EInval);
        }

        if (placement.Epoch != Epoch)
        {
            return new SystemStatus(StatusCode.Mismatch);
        }

        var changed = new PlacementRecord(Shard, Epoch + 1, Nodes);
        state.Placements.Set(Shard, changed);
        return new PlacementsReply([changed]);
    }
}

/// <summary>Where all shards' replicas are.</summary>
[MemoryPackable]
public sealed partial record ListPlacements : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => new PlacementsReply(SystemState.Values(state.Placements.All()));
}

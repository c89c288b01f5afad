using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>A person has insisted on a placement, although it is in fewer regions than there could be.</summary>
/// <param name="Epoch">The placement's epoch: under another one nobody insists on it.</param>
[MemoryPackable]
public sealed partial record ForcedPlacement(ulong Epoch);

/// <summary>
/// <see cref="SetPlacement"/>, and notes that a person insists on it: it is not spread over regions until it is changed again. Fails as that does.
/// </summary>
/// <remarks>Releases before format levels do not know this command: it is proposed only when every member has announced its levels.</remarks>
[MemoryPackable]
public sealed partial record ForcePlacement(ushort Shard, ulong Epoch, ushort[] Nodes) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        var reply = new SetPlacement(Shard, Epoch, Nodes).Execute(state, context);
        if (reply is PlacementsReply { Placements: [var changed] })
        {
            state.ForcedPlacements.Set(Shard, new ForcedPlacement(changed.Epoch));
        }

        return reply;
    }
}

/// <summary>Shards that are where a person has insisted on.</summary>
[MemoryPackable]
public sealed partial record ListForcedPlacements : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) =>
        new ForcedPlacementsReply([.. state.ForcedPlacements.All().Where(f => state.Placements.Get(f.Key)?.Epoch == f.Value.Epoch).Select(static f => (ushort)f.Key)]);
}

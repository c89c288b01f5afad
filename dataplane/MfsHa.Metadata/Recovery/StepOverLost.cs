using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Recovery;

/// <summary>
/// The shard goes on from a replica whose log may lack the newest commands, because nodes with them are lost (a quorum was forced). What those commands have given out is known to chunkservers,
/// clients and users: numbers are stepped over, so that none is given out twice, and no copy of a chunk is deleted until an administrator says so (<see cref="Chunks.ReleaseDeletions"/>).
/// </summary>
[MemoryPackable]
public sealed partial record StepOverLost : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        state.StepOverNumbers();
        state.HoldDeletions();
        return StatusReply.Ok;
    }
}

using MemoryPack;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <summary>Marks an index of a shard's log at which every replica computes the checksum of its state. Changes nothing.</summary>
/// <param name="Point">Names the mark.</param>
[MemoryPackable]
public sealed partial record MarkConsistencyPoint(Guid Point) : Command, IConsistencyPoint
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        Marked(state, context);
        return StatusReply.Of(StatusCode.Ok);
    }

    /// <summary>What a build for tests does at its own format level.</summary>
    partial void Marked(NamespaceState state, in OperationContext context);
}

/// <summary>Marks an index of a shard's log at which whoever waits for it reads the state as it is there. Changes nothing.</summary>
/// <param name="Point">Names the mark.</param>
[MemoryPackable]
public sealed partial record MarkCut(Guid Point) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => StatusReply.Of(StatusCode.Ok);
}

using MemoryPack;
using MfsHa.Metadata.Operations;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>Marks an index of the system group's log at which every replica computes the checksum of its state. Changes nothing.</summary>
/// <param name="Point">Names the mark.</param>
[MemoryPackable]
public sealed partial record MarkSystemConsistencyPoint(Guid Point) : SystemCommand, IConsistencyPoint
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => SystemStatus.Ok;
}

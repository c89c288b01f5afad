using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// After a restore no copy of any chunk is deleted until an administrator says so: what chunkservers have that the backup does not know may be the newer data (design.md 13.2).
/// This says so.
/// </summary>
[MemoryPackable]
public sealed partial record ReleaseDeletions : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override bool MayChangeNothing => true;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context) => state.DeletionsAreHeld ? null : StatusReply.Ok;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        state.ReleaseDeletions();
        return StatusReply.Ok;
    }
}

/// <summary>LOCKED while deletions are held.</summary>
[MemoryPackable]
public sealed partial record CheckDeletions : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => StatusReply.Of(state.DeletionsAreHeld ? StatusCode.Locked : StatusCode.Ok);
}

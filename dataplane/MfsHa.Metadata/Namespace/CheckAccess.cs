using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>ACCESS (client-protocol 3.4; mfsmaster/filesystem.c: fs_access). The object need not lie below the session's root.</summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="Mask">What the caller wants to do.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record CheckAccess(uint Inode, AccessMask Mask, Caller Caller) : Query
{
    private const AccessMask AllRights = AccessMask.Read | AccessMask.Write | AccessMask.Execute;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => StatusReply.Of(Check(state));

    private StatusCode Check(NamespaceState state)
    {
        var writes = (Mask & AccessMask.Write) != 0;
        if (writes && Caller.Has(SessionFlags.ReadOnly))
        {
            return StatusCode.ERofs;
        }

        if (!SessionView.TryFind(Caller, state, Inode, anywhere: true, out var number, out var inode))
        {
            return StatusCode.ENoEnt;
        }

        if (writes && inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        return AccessCheck.Allows(Caller, state, number, inode, Mask & AllRights) ? StatusCode.Ok : StatusCode.EAcces;
    }
}

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>READLINK (client-protocol 3.4; mfsmaster/filesystem.c: fs_readlink).</summary>
/// <param name="Inode">The link, as the session calls it.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record ReadLink(uint Inode, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!SessionView.TryFind(Caller, state, Inode, out _, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        if (inode.Type != NodeType.Symlink)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var due = !Caller.Has(SessionFlags.ReadOnly) && AccessTimes.IsDue(state.Settings.AccessTimes, inode, context.Now);
        return new TargetReply(inode.Target ?? [], due);
    }
}

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>GETDIRSTATS (client-protocol 3.5; mfsmaster/filesystem.c: fs_get_dir_stats): totals of a subtree with its top, or of one file.</summary>
/// <param name="Inode">Directory or file, as the session calls it.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetDirectoryTotals(uint Inode, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!SessionView.TryFind(Caller, state, Inode, out var number, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        return inode.IsDirectory || inode.IsFile
            ? new TotalsReply(SubtreeTotals.Empty.Plus(state.Contribution(number, inode)))
            : StatusReply.Of(StatusCode.EPerm);
    }
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>GETTRASHRETENTION (client-protocol 3.5; mfsmaster/filesystem.c: fs_gettrashretention_prepare): values in seconds. EINVAL, ENOENT, EPERM.</summary>
/// <param name="Inode">Top of the subtree, as the session calls it.</param>
/// <param name="Mode">Recursive or not.</param>
/// <param name="From">Where the step before ended; null to begin.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetTrashRetention(uint Inode, GetMode Mode, TreeCursor? From, Caller Caller) : Query
{
    private const uint SecondsPerHour = 3600;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) =>
        SubtreeCount.Answer(Caller, state, Inode, Mode, From, filesAndDirectoriesOnly: true, static inode => inode.TrashHours * SecondsPerHour);
}

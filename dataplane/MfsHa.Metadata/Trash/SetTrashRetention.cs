using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>
/// SETTRASHRETENTION (client-protocol 3.5; mfsmaster/filesystem.c: fs_univ_settrashretention). The session's limits are checked by the gateway.
/// <para>Errors: EPERM (forbidden, neither file nor directory, not the owner), EINVAL, EROFS, ENOENT.</para>
/// </summary>
/// <param name="Inode">Top of the subtree, as the session calls it.</param>
/// <param name="Seconds">Retention; stored in hours, rounded up.</param>
/// <param name="Modes">Set, increase or decrease; recursive or not.</param>
/// <param name="From">Where the step before ended; null to begin.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record SetTrashRetention(uint Inode, uint Seconds, SetModes Modes, TreeCursor? From, Caller Caller) : Command
{
    private const ulong SecondsPerHour = 3600;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = SubtreeChange.WhyNot(Caller, state, Inode, Modes, DisabledOperations.SetTrash, true, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        // As stock masters: what does not fit into 16 bits is cut off.
        var hours = (ushort)((Seconds + SecondsPerHour - 1) / SecondsPerHour);
        var now = context.Now;
        var change = new SubtreeChange();
        var recursive = (Modes & SetModes.Recursive) != 0;
        var next = TreeWalk.Visit(state, number, inode!, recursive, From, TreeWalk.MaxChanges, (child, record) => Apply(state, change, child, record, hours, now), change.Elsewhere);
        return change.Answer(!recursive, next);
    }

    private void Apply(NamespaceState state, SubtreeChange change, uint number, Inode inode, ushort hours, uint now)
    {
        if (!inode.IsFile && !inode.IsDirectory)
        {
            return;
        }

        if (!SubtreeChange.IsOwner(Caller, inode) || inode.Has(ExtraAttributes.Immutable))
        {
            change.NotPermitted();
            return;
        }

        var sets = (Modes & SetModes.OperationMask) switch
        {
            SetModes.Set => inode.TrashHours != hours,
            SetModes.Increase => inode.TrashHours < hours,
            SetModes.Decrease => inode.TrashHours > hours,
            _ => false,
        };
        if (!sets)
        {
            change.NotChanged();
            return;
        }

        var changed = inode with { TrashHours = hours, ChangeTime = now };
        state.Inodes.Set(number, changed);
        if (changed.Type == NodeType.Trash)
        {
            state.RequeueTrash(number, changed);
        }

        change.Changed();
    }
}

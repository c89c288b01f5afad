using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// AMTIME (client-protocol 7.3; mfsmaster/filesystem.c: fs_amtime_update), and access times of directories and links that were read.
/// Times only go forward, so a repetition changes nothing. Unknown objects are skipped.
/// </summary>
/// <param name="Updates">The new times, at most <see cref="MaxUpdates"/>.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record UpdateTimes(TimeUpdate[] Updates, Caller Caller) : Command
{
    /// <summary>Most updates of one command; a longer list takes several.</summary>
    public const int MaxUpdates = 65_536;

    /// <inheritdoc/>
    public override uint RoutingInode => Updates.Length > 0 ? Caller.Real(Updates[0].Inode) : 0;

    /// <inheritdoc/>
    public override bool MayChangeNothing => true;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context)
    {
        var mode = state.Settings.AccessTimes;
        foreach (var update in Updates)
        {
            if (SessionView.TryFind(Caller, state, update.Inode, anywhere: true, out _, out var inode) && Updated(inode, update, mode) is not null)
            {
                return null;
            }
        }

        return StatusReply.Ok;
    }

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Updates.Length > MaxUpdates)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var mode = state.Settings.AccessTimes;
        foreach (var update in Updates)
        {
            if (SessionView.TryFind(Caller, state, update.Inode, anywhere: true, out var number, out var inode) && Updated(inode, update, mode) is { } changed)
            {
                state.Inodes.Set(number, changed);
            }
        }

        return StatusReply.Ok;
    }

    private static Inode? Updated(Inode inode, TimeUpdate update, AccessTimeMode mode)
    {
        Inode? changed = null;
        if (AccessTimes.Moves(mode, inode, update.AccessTime))
        {
            changed = inode with { AccessTime = update.AccessTime };
        }

        if (update.ModificationTime > inode.ModificationTime)
        {
            changed = (changed ?? inode) with { ModificationTime = update.ModificationTime, ChangeTime = update.ModificationTime };
        }

        return changed;
    }
}

/// <summary>New times of one object, as the session calls it; Unix seconds, 0 = no change.</summary>
[MemoryPackable]
public readonly partial record struct TimeUpdate(uint Inode, uint AccessTime, uint ModificationTime);

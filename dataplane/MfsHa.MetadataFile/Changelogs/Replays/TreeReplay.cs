using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Changes of single objects or whole subtrees by the tools (mfsmaster/filesystem.c: fs_mr_seteattr, fs_mr_settrashretention, fs_mr_setsclass). How many were changed is in the line.</summary>
internal static class TreeReplay
{
    /// <summary>SETEATTR(inode,uid,attributes,modes):changed,not changed,not permitted.</summary>
    public static void ExtraAttributes(ReplayTarget target, Change change)
    {
        var (number, caller) = (change.UInt32("("), CallerOf(change.UInt32()));
        var (attributes, modes) = ((ExtraAttributes)change.Byte(), (SetModes)change.Byte());
        Run(target, change, from => new SetExtraAttributes(number, attributes, modes, from, caller));
    }

    /// <summary>SETTRASHTIME(inode,uid,seconds,modes):changed,not changed,not permitted.</summary>
    public static void TrashRetention(ReplayTarget target, Change change)
    {
        var (number, caller) = (change.UInt32("("), CallerOf(change.UInt32()));
        var (seconds, modes) = (change.UInt32(), (SetModes)change.Byte());
        Run(target, change, from => new SetTrashRetention(number, seconds, modes, from, caller));
    }

    /// <summary>SETSCLASS(inode,uid,former class,class,modes):changed,not changed,not permitted.</summary>
    public static void StorageClass(ReplayTarget target, Change change)
    {
        var (number, caller) = (change.UInt32("("), CallerOf(change.UInt32()));
        var (former, wanted, modes) = (change.Byte(), change.Byte(), (SetModes)change.Byte());
        var (oldName, newName) = (NameOf(target, change, former), NameOf(target, change, wanted));
        Run(target, change, from => new SetStorageClass { Inode = number, Modes = modes, OldName = oldName, NewName = newName, From = from, Caller = caller });
    }

    private static Name NameOf(ReplayTarget target, Change change, byte id) => (target.Shard.StorageClassOf(id) ?? throw change.Mismatch($"storage class {id} does not exist")).Name;

    // Who was not an administrator has changed less, and the counts say so.
    private static Caller CallerOf(uint uid) => ReplayTarget.CallerOf(uid, 0) with { SessionFlags = SessionFlags.Admin };

    private static void Run(ReplayTarget target, Change change, Func<TreeCursor?, Command> step)
    {
        change.EndArguments();
        var expected = ((ulong)change.UInt32(":"), (ulong)change.UInt32(), change.UInt32());
        change.End();
        var sum = Sum(target, change, step);
        target.Archive.FollowTouched(change.Time);
        if (sum != expected)
        {
            throw change.Mismatch($"{sum.Changed} were changed, {sum.NotChanged} not, and {sum.NotPermitted} must not be");
        }
    }

    private static (ulong Changed, ulong NotChanged, uint NotPermitted) Sum(ReplayTarget target, Change change, Func<TreeCursor?, Command> step)
    {
        (ulong Changed, ulong NotChanged, uint NotPermitted) sum = default;
        TreeCursor? next = null;
        do
        {
            var reply = step(next).Execute(target.Shard, new OperationContext(change.Time));
            if (reply is not ChangeCountsReply counts)
            {
                throw change.Mismatch($"it is refused: {reply.Status}");
            }

            sum = (sum.Changed + counts.Changed, sum.NotChanged + counts.NotChanged, sum.NotPermitted + counts.NotPermitted);
            next = counts.Next;
        }
        while (next is not null);
        return sum;
    }
}

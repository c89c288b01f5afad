using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// SNAPSHOT in delete mode (client-protocol 7.8; mfsmaster/filesystem.c: fs_univ_snapshot): removes objects that are marked as snapshots, past the trash. Without
/// <see cref="SnapshotModes.ForceRemoval"/> all or nothing.
/// <para>Errors: EPERM, EROFS, ENOENT, EACCES, EINVAL, ERANGE (more objects than <see cref="Settings.MaxSnapshotObjects"/>, or more than <see cref="RecordNeed.MaxObjects"/> in other shards).</para>
/// </summary>
/// <param name="Parent">The directory, as the session calls it.</param>
/// <param name="Name">The entry.</param>
/// <param name="Modes">With or without force.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record RemoveSnapshot(uint Parent, Name Name, SnapshotModes Modes, Caller Caller) : Command, IHandedOver
{
    private const ExtraAttributes Kept = ExtraAttributes.Undeletable | ExtraAttributes.Immutable | ExtraAttributes.AppendOnly;

    /// <summary>True at the shard of what is removed, which has been asked by the directory's shard: it has the most to do.</summary>
    public bool HandedOver { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, out var directory, out var entry);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        Remove(state, directory, entry!, context.Now, removed: null);
        return StatusReply.Ok;
    }

    private static bool IsFrozen(Inode directory) => directory.Has(ExtraAttributes.AppendOnly | ExtraAttributes.Immutable);

    private static bool IsRemovable(Inode inode) => inode.Has(ExtraAttributes.Snapshot) && !inode.Has(Kept);

    private bool MayChange(NamespaceState state, uint number, Inode directory) =>
        AccessCheck.Allows(Caller, state, number, directory, AccessMask.Write | AccessMask.Execute);

    private StatusCode WhyNot(NamespaceState state, out uint directory, out DirectoryEntry? entry)
    {
        (directory, entry) = (0, null);
        var status = Caller.WhyNotChange(DisabledOperations.Unlink | DisabledOperations.RemoveDirectory);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!SessionView.TryFind(Caller, state, Parent, out directory, out var parent))
        {
            return StatusCode.ENoEnt;
        }

        if (!parent.IsDirectory)
        {
            return StatusCode.EPerm;
        }

        if (!MayChange(state, directory, parent))
        {
            return StatusCode.EAcces;
        }

        if (!NameCheck.IsValid(Name))
        {
            return StatusCode.EInval;
        }

        entry = state.Entries.Get((directory, Name));
        if (entry is null)
        {
            return StatusCode.ENoEnt;
        }

        var inode = state.Inodes.Require(entry.Inode);
        if (!AccessCheck.AllowsRemoval(Caller, parent, inode))
        {
            return StatusCode.EPerm;
        }

        if (state.ExpectTree(entry.Inode).Values.Sum() > RecordNeed.MaxObjects || state.Contribution(entry.Inode, inode).Inodes > state.Settings.MaxSnapshotObjects)
        {
            return StatusCode.ERange;
        }

        if ((Modes & SnapshotModes.ForceRemoval) != 0)
        {
            return StatusCode.Ok;
        }

        return IsFrozen(parent) ? StatusCode.EPerm : WhyNotAll(state, entry.Inode);
    }

    // Directories are judged after what is in them, as mfsmaster does it: its first complaint is the answer.
    private StatusCode WhyNotAll(NamespaceState state, uint top)
    {
        var open = new Stack<(uint Number, bool IsDone)>([(top, false)]);
        while (open.TryPop(out var place))
        {
            var inode = state.Inodes.Require(place.Number);
            if (inode.IsDirectory && !place.IsDone)
            {
                if (inode.Has(ExtraAttributes.AppendOnly))
                {
                    return StatusCode.EPerm;
                }

                if (!MayChange(state, place.Number, inode))
                {
                    return StatusCode.EAcces;
                }

                open.Push((place.Number, true));
                foreach (var (_, child) in Enumerable.Reverse(SnapshotCheck.ChildrenOf(state, place.Number)))
                {
                    open.Push((child, false));
                }
            }
            else if (!IsRemovable(inode))
            {
                return StatusCode.EPerm;
            }
        }

        return StatusCode.Ok;
    }

    /// <summary>Removes what may be removed of an entry and everything below it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="directory">Where the entry is.</param>
    /// <param name="top">The entry.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="removed">Told of each object whose entry is gone.</param>
    internal void Remove(NamespaceState state, uint directory, DirectoryEntry top, uint now, Action<uint>? removed)
    {
        var open = new Stack<(uint Directory, Name Name, DirectoryEntry Entry, Inode? Before)>([(directory, Name, top, null)]);
        while (open.TryPop(out var place))
        {
            var number = place.Entry.Inode;
            var inode = state.Inodes.Require(number);
            if (inode.IsDirectory && place.Before is null)
            {
                open.Push(place with { Before = inode });
                if (MayChange(state, number, inode))
                {
                    foreach (var (name, _) in Enumerable.Reverse(SnapshotCheck.ChildrenOf(state, number)))
                    {
                        open.Push((number, name, state.Entries.Require((number, name)), null));
                    }
                }

                continue;
            }

            if (inode.Entries > 0)
            {
                continue;
            }

            // Taking entries out has cleared the directory's mark.
            inode = inode with { ExtraAttributes = (place.Before ?? inode).ExtraAttributes };
            if (IsRemovable(inode) && !IsFrozen(state.Inodes.Require(place.Directory)))
            {
                state.Inodes.Set(number, inode with { TrashHours = 0 });
                state.Unlink(place.Directory, place.Name, place.Entry, now);
                removed?.Invoke(number);
            }
            else
            {
                state.Inodes.Set(number, inode);
            }
        }
    }
}

/// <summary>
/// What the entry of a <see cref="RemoveSnapshot"/> names, if that is of another shard and the request is a new one; 0 otherwise (<see cref="InodeReply"/>).
/// </summary>
[MemoryPackable]
public sealed partial record FindRemoval(RemoveSnapshot Removal) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Removal.RoutingInode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var isKnown = Removal.Stamp is { } stamp && state.Replies.Get((stamp.Session, stamp.Message)) is { } last && (stamp.Request <= last.Request || stamp.Digest == last.Digest);
        var entry = isKnown ? null : state.Entries.Get((Removal.RoutingInode, Removal.Name));
        return new InodeReply(entry is not null && state.IsElsewhere(entry.Inode) ? entry.Inode : 0);
    }
}

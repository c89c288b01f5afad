using System.Runtime.InteropServices;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>The checks of RENAME in the order of mfsmaster (client-protocol 7.5; mfsmaster/filesystem.c: fs_univ_move), and what they found.</summary>
internal sealed class RenameCheck(Caller caller, NamespaceState state, RenameMode mode)
{
    /// <summary>Where the entry is.</summary>
    public Place Source { get; private set; }

    /// <summary>Where it goes; with the entry that is there, if any.</summary>
    public Place Target { get; private set; }

    /// <summary>True when source and target are one entry: then nothing changes.</summary>
    public bool IsSameEntry => Target.Entry is not null && Source.Directory == Target.Directory && Source.Entry == Target.Entry;

    /// <summary>Why the rename is refused; <see cref="StatusCode.Ok"/> if it is not.</summary>
    public StatusCode Run(uint sourceParent, Name sourceName, uint targetParent, Name targetName)
    {
        state.ExpectRename(caller.Real(sourceParent), sourceName, caller.Real(targetParent), targetName);
        if (!SessionView.TryFindDirectory(caller, state, sourceParent, out var from, out var source)
            || !SessionView.TryFindDirectory(caller, state, targetParent, out var to, out var target))
        {
            return StatusCode.ENoEnt;
        }

        var status = CheckSource(from, source, sourceName);
        if (status == StatusCode.Ok)
        {
            status = CheckMove(from, to, target);
        }

        if (status == StatusCode.Ok)
        {
            status = CheckTarget(from, to, target, targetName);
        }

        return status == StatusCode.Ok && !IsSameEntry ? CheckQuotas(from, to) : status;
    }

    private StatusCode CheckSource(uint from, Inode directory, Name name)
    {
        var status = DirectoryCheck.WhyNotChange(caller, state, from, directory, Removal.Frozen);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!NameCheck.IsValid(name))
        {
            return StatusCode.EInval;
        }

        if (state.Entries.Get((from, name)) is not { } entry)
        {
            return StatusCode.ENoEnt;
        }

        Source = new Place(from, entry, state.Inodes.Require(entry.Inode));
        return AccessCheck.AllowsRemoval(caller, directory, Source.Inode!) ? StatusCode.Ok : StatusCode.EPerm;
    }

    private StatusCode CheckMove(uint from, uint to, Inode directory)
    {
        var status = DirectoryCheck.WhyNotChange(caller, state, to, directory, ExtraAttributes.Immutable);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        var inode = Source.Inode!;
        if (inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        return inode.IsDirectory ? CheckDirectoryMove(Source.Entry!.Inode, inode, from, to, directory) : StatusCode.Ok;
    }

    /// <summary>A directory must not come to lie in itself; its ".." changes with its parent, which needs the right to write it.</summary>
    private StatusCode CheckDirectoryMove(uint number, Inode inode, uint from, uint to, Inode directory)
    {
        if (from == to)
        {
            return StatusCode.Ok;
        }

        if (number == to || state.IsBelow(number, to, directory))
        {
            return StatusCode.EInval;
        }

        return !AccessCheck.Allows(caller, state, number, inode, AccessMask.Write) ? StatusCode.EAcces : StatusCode.Ok;
    }

    private StatusCode CheckTarget(uint from, uint to, Inode directory, Name name)
    {
        if (!NameCheck.IsValid(name))
        {
            return StatusCode.EInval;
        }

        if (state.Entries.Get((to, name)) is not { } entry)
        {
            Target = new Place(to, null, null);
            return mode == RenameMode.Exchange ? StatusCode.ENoEnt : StatusCode.Ok;
        }

        var inode = state.Inodes.Require(entry.Inode);
        Target = new Place(to, entry, inode);
        if (mode == RenameMode.NoReplace)
        {
            return StatusCode.EExist;
        }

        if (directory.Has(ExtraAttributes.AppendOnly) || !AccessCheck.AllowsRemoval(caller, directory, inode))
        {
            return StatusCode.EPerm;
        }

        if (mode == RenameMode.Exchange)
        {
            return CheckExchanged(from, to, entry.Inode, inode);
        }

        if (caller.MayNot(inode.IsDirectory ? DisabledOperations.RemoveDirectory : DisabledOperations.Unlink))
        {
            return StatusCode.EPerm;
        }

        return inode.IsDirectory && inode.Entries != 0 && !IsSameEntry ? StatusCode.ENotEmpty : StatusCode.Ok;
    }

    private StatusCode CheckExchanged(uint from, uint to, uint number, Inode inode)
    {
        if (inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        return inode.IsDirectory ? CheckDirectoryMove(number, inode, to, from, state.RequireDirectory(from)) : StatusCode.Ok;
    }

    private StatusCode CheckQuotas(uint from, uint to)
    {
        if (from == to || !state.HasQuotas)
        {
            return StatusCode.Ok;
        }

        var arrives = state.Contribution(Source.Entry!.Inode, Source.Inode!);
        var leaves = Target.Entry is null ? default : state.Contribution(Target.Entry.Inode, Target.Inode!);
        var exceeded = state.ExceedsQuotaOfMove(to, from, (arrives - leaves).Growth())
            || (mode == RenameMode.Exchange && state.ExceedsQuotaOfMove(from, to, (leaves - arrives).Growth()));
        return exceeded ? StatusCode.Quota : StatusCode.Ok;
    }

    /// <summary>A directory, an entry in it, and what that names.</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Place(uint Directory, DirectoryEntry? Entry, Inode? Inode);
}

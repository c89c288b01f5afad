using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>RENAME (client-protocol 7.5; mfsmaster/filesystem.c: fs_rename): moves, replaces or exchanges entries.</summary>
/// <param name="SourceParent">Directory of the entry, as the session calls it.</param>
/// <param name="SourceName">The entry.</param>
/// <param name="TargetParent">Directory that it goes to.</param>
/// <param name="TargetName">Its name there.</param>
/// <param name="Mode">What happens to an entry that has that name.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record Rename(uint SourceParent, Name SourceName, uint TargetParent, Name TargetName, RenameMode Mode, Caller Caller) : Command
{
    /// <summary>Paths of directories whose names other shards keep, for the last path of a file that goes.</summary>
    public OuterPath[]? OuterPaths { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<OuterPath>? KnownPaths => OuterPaths;

    /// <inheritdoc/>
    public override Command WithPaths(IReadOnlyList<OuterPath> paths) => this with { OuterPaths = [.. paths] };

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(SourceParent);

    /// <inheritdoc/>
    public override bool StillHolds(NamespaceState state, Reply first) =>
        Mode == RenameMode.Exchange
        || (first is NodeReply moved
            && SessionEntry.Find(Caller, state, SourceParent, SourceName) is null
            && SessionEntry.LeadsTo(Caller, state, TargetParent, TargetName, moved.Inode));

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Caller.WhyNotChange(ForbiddenBy());
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var check = new RenameCheck(Caller, state, Mode);
        status = check.Run(SourceParent, SourceName, TargetParent, TargetName);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var source = check.Source;
        var target = check.Target;
        var replaced = target.Entry;
        if (!check.IsSameEntry)
        {
            if (replaced is not null && Mode != RenameMode.Exchange)
            {
                state.Unlink(target.Directory, TargetName, replaced, context.Now);
            }

            state.DetachEntry(source.Directory, SourceName, source.Entry!, context.Now);
            if (replaced is not null && Mode == RenameMode.Exchange)
            {
                state.DetachEntry(target.Directory, TargetName, replaced, context.Now);
                state.AttachEntry(target.Directory, TargetName, source.Entry!.Inode, context.Now);
                state.AttachEntry(source.Directory, SourceName, replaced.Inode, context.Now);
            }
            else
            {
                state.AttachEntry(target.Directory, TargetName, source.Entry!.Inode, context.Now);
            }
        }

        return Mode == RenameMode.Exchange ? new NodeReply(0, default) : Moved(state, source.Entry!.Inode, target.Directory, check.IsSameEntry);
    }

    private NodeReply Moved(NamespaceState state, uint number, uint directory, bool unchanged)
    {
        var inode = state.Inodes.Require(number);
        if (!unchanged)
        {
            inode = state.WithPatterns(Caller, TargetName, number, inode);
        }

        return new NodeReply(SessionView.NameOf(Caller, number), AttributeView.Of(Caller, state, number, inode, state.RequireDirectory(directory)));
    }

    /// <summary>Which of the session's disabled operations this is: another name, another directory, or either.</summary>
    private DisabledOperations ForbiddenBy()
    {
        const DisabledOperations Both = DisabledOperations.Rename | DisabledOperations.Move;
        if ((Caller.Disables & Both) == Both)
        {
            return Both;
        }

        var renames = SourceName != TargetName ? DisabledOperations.Rename : DisabledOperations.None;
        var moves = SourceParent != TargetParent ? DisabledOperations.Move : DisabledOperations.None;
        return renames | moves;
    }
}

using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>What the tools' changes of whole subtrees share (client-protocol 3.5).</summary>
internal sealed class SubtreeChange
{
    private const SetModes KnownModes = SetModes.OperationMask | SetModes.Recursive;

    private readonly List<uint> elsewhere = [];
    private ulong changed;
    private ulong notChanged;
    private uint notPermitted;

    /// <summary>True when the caller owns the object or nobody does.</summary>
    public static bool IsOwner(Caller caller, Inode inode) => caller.Uid == 0 || caller.Uid == inode.Uid || inode.Has(ExtraAttributes.NoOwner);

    /// <summary>Why the change is refused as a whole; <see cref="StatusCode.Ok"/> if it is not.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="state">The state.</param>
    /// <param name="named">Top of the subtree, as the session calls it.</param>
    /// <param name="modes">Operation and whether it is recursive.</param>
    /// <param name="operation">What exports may forbid.</param>
    /// <param name="filesAndDirectoriesOnly">True when other objects have no such value.</param>
    /// <param name="number">The top.</param>
    /// <param name="inode">Its record.</param>
    public static StatusCode WhyNot(
        Caller caller, NamespaceState state, uint named, SetModes modes, DisabledOperations operation, bool filesAndDirectoriesOnly, out uint number, out Inode? inode)
    {
        (number, inode) = (0, null);
        if (caller.MayNot(operation))
        {
            return StatusCode.EPerm;
        }

        if ((modes & ~KnownModes) != 0)
        {
            return StatusCode.EInval;
        }

        if (caller.Has(SessionFlags.ReadOnly))
        {
            return StatusCode.ERofs;
        }

        if (!SessionView.TryFind(caller, state, named, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        return filesAndDirectoriesOnly && !inode.IsFile && !inode.IsDirectory ? StatusCode.EPerm : StatusCode.Ok;
    }

    /// <summary>Takes the tops of what belongs to other shards.</summary>
    public List<uint> Elsewhere => elsewhere;

    /// <summary>Counts an object that the caller may not change.</summary>
    public void NotPermitted() => notPermitted++;

    /// <summary>Counts things that were changed.</summary>
    public void Changed(uint count = 1) => changed += count;

    /// <summary>Counts things that were so already.</summary>
    public void NotChanged(uint count = 1) => notChanged += count;

    /// <summary>The answer. A change of one object only that is not permitted is refused.</summary>
    public Reply Answer(bool onlyOne, TreeCursor? next) =>
        onlyOne && notPermitted > 0 && changed == 0 && notChanged == 0
            ? StatusReply.Of(StatusCode.EPerm)
            : new ChangeCountsReply(changed, notChanged, notPermitted, next) { Elsewhere = [.. elsewhere] };
}

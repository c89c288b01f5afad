using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.ExtendedAttributes;

/// <summary>
/// SETEATTR (client-protocol 3.5; mfsmaster/filesystem.c: fs_univ_seteattr).
/// <para>Errors: EPERM (forbidden, not the owner, attributes that only administrators set), EINVAL, EROFS, ENOENT.</para>
/// </summary>
/// <param name="Inode">Top of the subtree, as the session calls it.</param>
/// <param name="Attributes">The attributes.</param>
/// <param name="Modes">Set, increase or decrease; recursive or not.</param>
/// <param name="From">Where the step before ended; null to begin.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record SetExtraAttributes(uint Inode, ExtraAttributes Attributes, SetModes Modes, TreeCursor? From, Caller Caller) : Command
{
    private const ExtraAttributes ForAdministrators = ExtraAttributes.Undeletable | ExtraAttributes.AppendOnly | ExtraAttributes.Immutable;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = SubtreeChange.WhyNot(Caller, state, Inode, Modes, DisabledOperations.SetExtraAttributes, false, out var number, out var inode);
        if (status is StatusCode.Ok or StatusCode.ENoEnt && (Attributes & ForAdministrators) != 0 && !Caller.Has(SessionFlags.Admin))
        {
            status = StatusCode.EPerm;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var now = context.Now;
        var change = new SubtreeChange();
        var recursive = (Modes & SetModes.Recursive) != 0;
        var next = TreeWalk.Visit(state, number, inode!, recursive, From, TreeWalk.MaxChanges, (child, record) => Apply(state, change, child, record, now), change.Elsewhere);
        return change.Answer(!recursive, next);
    }

    private void Apply(NamespaceState state, SubtreeChange change, uint number, Inode inode, uint now)
    {
        if (!SubtreeChange.IsOwner(Caller, inode) || (inode.Has(ExtraAttributes.Immutable) && (Attributes & ExtraAttributes.NoOwner) != 0))
        {
            change.NotPermitted();
            return;
        }

        var known = inode.IsDirectory ? inode.ExtraAttributes : inode.ExtraAttributes & ~ExtraAttributes.NoEntryCache;
        var given = inode.IsDirectory ? Attributes : Attributes & ~ExtraAttributes.NoEntryCache;
        var wanted = (Modes & SetModes.OperationMask) switch
        {
            SetModes.Set => given,
            SetModes.Increase => known | given,
            SetModes.Decrease => known & ~given,
            _ => known,
        };
        if (wanted == known)
        {
            change.NotChanged();
            return;
        }

        state.Inodes.Set(number, inode with { ExtraAttributes = wanted, ChangeTime = now });
        change.Changed();
    }
}

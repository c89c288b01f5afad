using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.StorageClasses;

/// <summary>
/// SETSCLASS in both forms: a goal 1..9 is the class of that name (client-protocol 3.5; mfsmaster/filesystem.c: fs_univ_setsclass). Increase and decrease compare ids
/// and work only with the classes 1..9.
/// <para>Errors: EPERM (forbidden, group not exported, neither file nor directory, not the owner), NOSUCHCLASS, EINVAL, EROFS, ENOENT, QUOTA.</para>
/// </summary>
[MemoryPackable]
public sealed partial record SetStorageClass : Command
{
    private const byte LargestComparable = 9;

    /// <summary>Top of the subtree, as the session calls it.</summary>
    public required uint Inode { get; init; }

    /// <summary>Set, increase, decrease or exchange; recursive or not.</summary>
    public required SetModes Modes { get; init; }

    /// <summary>Class to exchange; empty otherwise.</summary>
    public Name OldName { get; init; }

    /// <summary>The class.</summary>
    public required Name NewName { get; init; }

    /// <summary>Groups of classes that the session may use, one bit each.</summary>
    public ushort AllowedGroups { get; init; } = ushort.MaxValue;

    /// <summary>Where the step before ended; null to begin.</summary>
    public TreeCursor? From { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    private SetModes Mode => Modes & SetModes.OperationMask;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, out var number, out var inode, out var old, out var wanted);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var recursive = (Modes & SetModes.Recursive) != 0;
        if (Mode is SetModes.Set or SetModes.Increase)
        {
            var growth = new ClassGrowth(state, wanted!);
            TreeWalk.Visit(state, number, inode!, recursive, From, TreeWalk.MaxChanges, (child, record) => growth.Add(Caller, child, record), []);
            if (growth.ExceedsQuota())
            {
                return StatusReply.Of(StatusCode.Quota);
            }
        }

        var now = context.Now;
        var change = new SubtreeChange();
        var next = TreeWalk.Visit(
            state, number, inode!, recursive, From, TreeWalk.MaxChanges, (child, record) => Apply(state, change, child, record, old, wanted!, now), change.Elsewhere);
        return change.Answer(!recursive, next);
    }

    private StatusCode WhyNot(NamespaceState state, out uint number, out Inode? inode, out byte old, out StorageClassRecord? wanted)
    {
        (number, inode, old, wanted) = (0, null, 0, null);
        if (Caller.MayNot(DisabledOperations.SetStorageClass))
        {
            return StatusCode.EPerm;
        }

        wanted = state.FindStorageClass(NewName);
        var exchanged = Mode == SetModes.Exchange ? state.FindStorageClass(OldName) : wanted;
        if (wanted is null || exchanged is null)
        {
            return StatusCode.NoSuchClass;
        }

        old = exchanged.Id;
        if ((AllowedGroups & (1 << wanted.ExportGroup)) == 0)
        {
            return StatusCode.EPerm;
        }

        if (Mode is SetModes.Increase or SetModes.Decrease && wanted.Id > LargestComparable)
        {
            return StatusCode.EInval;
        }

        return SubtreeChange.WhyNot(Caller, state, Inode, Modes, DisabledOperations.None, true, out number, out inode);
    }

    private void Apply(NamespaceState state, SubtreeChange change, uint number, Inode inode, byte old, StorageClassRecord wanted, uint now)
    {
        if (!inode.IsFile && !inode.IsDirectory)
        {
            return;
        }

        var needsAdministrator = wanted.AdminOnly || state.StorageClassOf(inode.StorageClass) is { AdminOnly: true };
        if (!SubtreeChange.IsOwner(Caller, inode) || inode.Has(ExtraAttributes.Immutable) || (needsAdministrator && !Caller.Has(SessionFlags.Admin)))
        {
            change.NotPermitted();
            return;
        }

        var sets = Mode switch
        {
            SetModes.Set => inode.StorageClass != wanted.Id,
            SetModes.Increase => inode.StorageClass < wanted.Id,
            SetModes.Decrease => inode.StorageClass > wanted.Id,
            _ => inode.StorageClass == old,
        };
        if (!sets)
        {
            change.NotChanged();
            return;
        }

        state.ChangeStorageClass(number, inode with { ChangeTime = now }, wanted.Id);
        change.Changed();
    }
}

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// SNAPSHOT (client-protocol 7.8; mfsmaster/filesystem.c: fs_univ_snapshot): copies a subtree whose files share their chunks with the originals. One atomic
/// command, or one transaction when several shards take part.
/// <para>Errors: EPERM, EROFS, ENOENT, EACCES, EINVAL, EEXIST, QUOTA, NOSPACE, ERANGE (more objects than <see cref="Settings.MaxSnapshotObjects"/>, or more than
/// <see cref="RecordNeed.MaxObjects"/> in other shards than the source's).</para>
/// </summary>
[MemoryPackable]
public sealed partial record MakeSnapshot : Command
{
    /// <summary>What is copied, as the session calls it; not 0.</summary>
    public required uint Source { get; init; }

    /// <summary>Directory of the copy, as the session calls it.</summary>
    public required uint Parent { get; init; }

    /// <summary>Name of the copy.</summary>
    public required Name Name { get; init; }

    /// <summary>Overwrite, copy-like attributes, hard links.</summary>
    public required SnapshotModes Modes { get; init; }

    /// <summary>Taken off modes with copy-like attributes.</summary>
    public required ushort Umask { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <summary>Paths of directories whose names other shards keep, for the last path of files that are replaced.</summary>
    public OuterPath[]? OuterPaths { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<OuterPath>? KnownPaths => OuterPaths;

    /// <inheritdoc/>
    public override Command WithPaths(IReadOnlyList<OuterPath> paths) => this with { OuterPaths = [.. paths] };

    /// <summary>The source decides: copies are made where their originals are, and most of them are where the top is.</summary>
    public override uint RoutingInode => Source == 0 ? Caller.Real(Parent) : Caller.Real(Source);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, out var source, out var directory);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        new SnapshotCopy(state, Caller, Modes, (ushort)(Umask | Caller.Umask), context.Now).Copy(source, directory, Name);
        return StatusReply.Ok;
    }

    private StatusCode WhyNot(NamespaceState state, out uint source, out uint directory)
    {
        (source, directory) = (0, 0);
        var status = Caller.WhyNotChange(DisabledOperations.Snapshot);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (Source == 0)
        {
            return StatusCode.EInval;
        }

        if (!SessionView.TryFind(Caller, state, Source, out source, out var original) || !SessionView.TryFind(Caller, state, Parent, out directory, out var parent))
        {
            return StatusCode.ENoEnt;
        }

        if (parent.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        if (!AccessCheck.Allows(Caller, state, source, original, AccessMask.Read))
        {
            return StatusCode.EAcces;
        }

        if (!parent.IsDirectory)
        {
            return StatusCode.EPerm;
        }

        if (original.IsDirectory && state.IsAtOrBelow(source, directory))
        {
            return StatusCode.EInval;
        }

        if (!AccessCheck.Allows(Caller, state, directory, parent, AccessMask.Write | AccessMask.Execute))
        {
            return StatusCode.EAcces;
        }

        return NameCheck.IsValid(Name) ? WhyNotCopy(state, source, original, directory) : StatusCode.EInval;
    }

    private StatusCode WhyNotCopy(NamespaceState state, uint source, Inode original, uint directory)
    {
        var objects = state.Contribution(source, original).Inodes;
        var elsewhere = state.ExpectTree(source);
        if (objects > state.Settings.MaxSnapshotObjects || elsewhere.Values.Sum() > RecordNeed.MaxObjects)
        {
            return StatusCode.ERange;
        }

        var status = SnapshotCheck.WhyNotOver(state, source, directory, Name, (Modes & SnapshotModes.Overwrite) != 0);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (state.HasQuotas && SnapshotCheck.ExceedsQuota(state, source, original, directory, Name))
        {
            return StatusCode.Quota;
        }

        state.Reach?.ExpectFresh(elsewhere);
        return state.HasFreeInodes((int)objects) ? StatusCode.Ok : StatusCode.NoSpace;
    }
}

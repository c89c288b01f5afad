using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>ARCHCTL get (client-protocol 3.5; mfsmaster/filesystem.c: fs_archget): archived chunks and files of a subtree. ENOENT, EPERM.</summary>
/// <param name="Inode">Top of the subtree, as the session calls it.</param>
/// <param name="From">Where the step before ended; null to begin.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetArchive(uint Inode, TreeCursor? From, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!SessionView.TryFind(Caller, state, Inode, out var number, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        if (!inode.IsFile && !inode.IsDirectory)
        {
            return StatusReply.Of(StatusCode.EPerm);
        }

        var sum = new ArchiveReply(0, 0, 0, 0, 0, null);
        var elsewhere = new List<uint>();
        var next = TreeWalk.Visit(state, number, inode, true, From, TreeWalk.MaxReads, (child, record) => sum = Plus(state, sum, child, record), elsewhere);
        return sum with { Next = next, Elsewhere = [.. elsewhere] };
    }

    private static ArchiveReply Plus(NamespaceState state, ArchiveReply sum, uint number, Inode inode)
    {
        if (!inode.IsFile)
        {
            return sum;
        }

        ulong archived = 0;
        ulong others = 0;
        var slots = state.ChunksOf(number, inode, 0, ulong.MaxValue);
        state.ExpectChunks(slots);
        foreach (var (_, chunk) in slots)
        {
            if (state.ChunkAnywhere(chunk) is { } record)
            {
                archived += record.Archived ? 1u : 0;
                others += record.Archived ? 0 : 1u;
            }
        }

        return new ArchiveReply(
            sum.ArchivedChunks + archived,
            sum.OtherChunks + others,
            sum.ArchivedFiles + (archived > 0 && others == 0 ? 1u : 0),
            sum.PartlyArchivedFiles + (archived > 0 && others > 0 ? 1u : 0),
            sum.OtherFiles + (archived == 0 && others > 0 ? 1u : 0),
            null);
    }
}

/// <summary>Answer to a step of ARCHCTL get; the counts of all steps add up.</summary>
[MemoryPackable]
public sealed partial record ArchiveReply(
    ulong ArchivedChunks, ulong OtherChunks, uint ArchivedFiles, uint PartlyArchivedFiles, uint OtherFiles, TreeCursor? Next) : Reply, ISubtreeStep
{
    /// <inheritdoc/>
    public uint[] Elsewhere { get; init; } = [];
}

/// <summary>
/// ARCHCTL set and clear (client-protocol 3.5; mfsmaster/filesystem.c: fs_univ_archchg): always recursive. The answer counts chunks, and files that are not permitted.
/// EPERM, EROFS, ENOENT.
/// </summary>
/// <param name="Inode">Top of the subtree, as the session calls it.</param>
/// <param name="Archive">True: archive; false: back to ordinary.</param>
/// <param name="From">Where the step before ended; null to begin.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record SetArchive(uint Inode, bool Archive, TreeCursor? From, Caller Caller) : Command
{
    /// <summary>True when the top is only a part, in another shard, of what was asked for: a file that is not permitted is counted then, not refused.</summary>
    public bool IsPart { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = SubtreeChange.WhyNot(Caller, state, Inode, SetModes.Recursive, DisabledOperations.SetExtraAttributes, true, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var now = context.Now;
        var change = new SubtreeChange();
        var next = TreeWalk.Visit(state, number, inode!, true, From, TreeWalk.MaxChanges, (child, record) => Apply(state, change, child, record, now), change.Elsewhere);
        return change.Answer(inode!.IsFile && !IsPart, next);
    }

    private void Apply(NamespaceState state, SubtreeChange change, uint number, Inode inode, uint now)
    {
        if (!inode.IsFile)
        {
            return;
        }

        if (!SubtreeChange.IsOwner(Caller, inode) || inode.Has(ExtraAttributes.Immutable))
        {
            change.NotPermitted();
            return;
        }

        var slots = state.ChunksOf(number, inode, 0, ulong.MaxValue);
        state.ExpectChunks(slots);
        foreach (var (_, chunk) in slots)
        {
            if (state.ChunkAnywhere(chunk) is { } record && record.Archived != Archive)
            {
                state.SetArchived(chunk, record, Archive);
                change.Changed();
            }
            else
            {
                change.NotChanged();
            }
        }

        if (!Archive)
        {
            state.Inodes.Set(number, inode with { ChangeTime = now });
        }
    }
}

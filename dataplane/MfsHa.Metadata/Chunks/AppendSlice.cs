using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// APPEND_SLICE (client-protocol 7.8; mfsmaster/filesystem.c: fs_univ_append_slice): a file gets chunks of another one behind its end, which begins at a chunk
/// boundary then; both files share the chunks until one of them is written. Chunks of other shards are borrowed.
/// <para>Errors: EINVAL (the same file, too long), EPERM, EROFS, ENOENT, EACCES, QUOTA, INDEXTOOBIG.</para>
/// </summary>
[MemoryPackable]
public sealed partial record AppendSlice : Command
{
    /// <summary>How bounds are counted.</summary>
    public required AppendSliceFlags Flags { get; init; }

    /// <summary>File that grows, as the session calls it.</summary>
    public required uint Inode { get; init; }

    /// <summary>File whose chunks are appended.</summary>
    public required uint Source { get; init; }

    /// <summary>First chunk; counted from the end with <see cref="AppendSliceFlags.FromIsNegative"/>.</summary>
    public required uint From { get; init; }

    /// <summary>Behind the last chunk; counted from the end with <see cref="AppendSliceFlags.ToIsNegative"/>.</summary>
    public required uint To { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, out var number, out var inode, out var source, out var given);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (Slice(given!) is not var (first, end) || end <= first)
        {
            return Reply(state, number, inode!);
        }

        var begin = FileLength.ChunksOf(inode!.Length);
        if (begin + (end - first) > (ulong)FileLength.MaxChunkIndex + 1)
        {
            return StatusReply.Of(StatusCode.IndexTooBig);
        }

        var length = (begin * FileLength.ChunkSize) + Math.Min(given!.Length, (ulong)end * FileLength.ChunkSize) - (first * FileLength.ChunkSize);
        var appended = state.ChunksOf(source, given, first, end);
        if (state.FileExceedsQuota(number, inode, Growth(state, number, inode, given, appended, length)))
        {
            return StatusReply.Of(StatusCode.Quota);
        }

        var before = state.Contribution(number, inode);
        var changed = state.WithChunksReleased(number, inode, begin);
        foreach (var (index, chunk) in appended)
        {
            changed = state.WithChunkAt(number, changed, (uint)(begin + index - first), chunk);
            state.ReferOrBorrow(chunk, inode.StorageClass);
        }

        changed = changed with
        {
            Length = length,
            ModificationTime = context.Now,
            AccessTime = context.Now,
            SpaceFactor = state.SpaceFactorOf(inode.StorageClass),
        };
        state.ReplaceFile(number, inode, changed, before);
        state.Inodes.Set(source, given with { AccessTime = context.Now });
        return Reply(state, number, changed);
    }

    private static FileLengthReply Reply(NamespaceState state, uint number, Inode inode) =>
        new(inode.Length, state.OpenByInode.Get(number)?.Sessions ?? []);

    // Everything behind the end goes, the chunk in which the file ends now becomes a full one, the appended ones come.
    private static TotalsChange Growth(
        NamespaceState state, uint number, Inode inode, Inode given, List<(uint Index, ulong Chunk)> appended, ulong length)
    {
        long size = 0;
        foreach (var (index, _) in appended)
        {
            size += index < FileLength.LastChunk(given.Length) ? FileLength.OccupiedByFullChunk : FileLength.OccupiedInLastChunk(given.Length);
        }

        var last = FileLength.LastChunk(inode.Length);
        foreach (var (index, _) in state.ChunksOf(number, inode, last, ulong.MaxValue))
        {
            if (index == last && inode.Length > 0)
            {
                size += FileLength.OccupiedByFullChunk - FileLength.OccupiedInLastChunk(inode.Length);
            }
        }

        return new TotalsChange(0, Length: (long)(length - inode.Length), Size: size, RealSize: state.MostRealSize(inode.StorageClass, size));
    }

    /// <summary>The slice as chunk indexes of the source, null if there is nothing to append.</summary>
    private (uint First, uint End)? Slice(Inode given)
    {
        var chunks = (uint)FileLength.ChunksOf(given.Length);
        if (chunks == 0 || ((Flags & AppendSliceFlags.ToIsNegative) != 0 && To > chunks))
        {
            return null;
        }

        var first = (Flags & AppendSliceFlags.FromIsNegative) == 0 ? From : From > chunks ? 0 : chunks - From;
        var end = (Flags & AppendSliceFlags.ToIsNegative) == 0 ? To : chunks - To;
        return (first, Math.Min(end, chunks));
    }

    private StatusCode WhyNot(NamespaceState state, out uint number, out Inode? inode, out uint source, out Inode? given)
    {
        (number, inode, source, given) = (0, null, 0, null);
        if (Caller.MayNot(DisabledOperations.AppendChunks))
        {
            return StatusCode.EPerm;
        }

        if (Inode == Source)
        {
            return StatusCode.EInval;
        }

        if (Caller.Has(SessionFlags.ReadOnly))
        {
            return StatusCode.ERofs;
        }

        if (!SessionView.TryFind(Caller, state, Source, out source, out given) || !SessionView.TryFind(Caller, state, Inode, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        if (!given.IsFile)
        {
            return StatusCode.EPerm;
        }

        if (!AccessCheck.Allows(Caller, state, source, given, AccessMask.Read))
        {
            return StatusCode.EAcces;
        }

        if (!inode.IsFile || inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        return AccessCheck.Allows(Caller, state, number, inode, AccessMask.Write) ? StatusCode.Ok : StatusCode.EAcces;
    }
}

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// First half of a TRUNCATE that ends inside a chunk (mfsmaster/filesystem.c: fs_try_setlength, chunks.c: chunk_univ_multi_truncate): the chunk gets a new
/// version, or the file gets a chunk of its own if it is shared, locked for the session. <see cref="EndTruncate"/> or <see cref="AbandonWrite"/> follows.
/// <para>Errors: those of <see cref="SetLength"/>; NOCHUNK, LOCKED (also by the session's own write), MISMATCH (the slot is not what the supervisor saw),
/// NOTDONE (nothing must be cut any more: <see cref="SetLength"/>).</para>
/// </summary>
[MemoryPackable]
public sealed partial record BeginTruncate : Command
{
    /// <summary>The file, as the session calls it.</summary>
    public required uint Inode { get; init; }

    /// <summary>Flags of the request.</summary>
    public required TruncateFlags Flags { get; init; }

    /// <summary>New length, bytes.</summary>
    public required ulong Length { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <summary>Chunk that the supervisor saw in the slot.</summary>
    public required ulong SeenChunk { get; init; }

    /// <summary>Its version then; good copies were seen to have it (or its unfinished truncate to the same length is done again).</summary>
    public required uint SeenVersion { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, context.Now, out var number, out var inode, out var cut, out var chunk);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var (now, session) = (context.Now, Caller.Session);
        var id = cut.Chunk;
        var work = chunk!.Work;
        if (IsRepetition(chunk, cut.Bytes, now))
        {
            work = work! with { Resumed = true };
            state.Chunks.Set(id, chunk with { LockedUntil = now + ChunkRules.LockSeconds, Work = work });
        }
        else if (chunk.References == 1)
        {
            work = new ChunkWork(ChunkWorkKind.Truncate, id, chunk.Version, cut.Bytes);
            state.Chunks.Set(id, chunk with { Version = chunk.Version + 1, LockedUntil = now + ChunkRules.LockSeconds, LockSession = session, Work = work });
        }
        else
        {
            work = new ChunkWork(ChunkWorkKind.DuplicateTruncate, id, chunk.Version, cut.Bytes);
            id = ChunkRules.Allocate(state, inode!.StorageClass, work, session, now);
            ChunkRules.ReleaseCopied(state, cut.Chunk, inode.StorageClass, now);
            inode = ChunkRules.Replace(state, number, inode, cut.Index, id);
        }

        var record = state.Chunks.Require(id);
        return new ChunkWorkReply(
            work!, cut.Index, id, record.Version, record.StorageClass, inode!.Length, state.OthersWithOpen(number, session));
    }

    private StatusCode WhyNot(
        NamespaceState state, uint now, out uint number, out Inode? inode, out (uint Index, uint Bytes, ulong Chunk) cut, out Chunk? chunk)
    {
        (cut, chunk) = (default, null);
        var status = new SetLength(Inode, Flags, Length, IsCut: false, Caller).Check(state, out number, out inode);
        if (status != StatusCode.Delayed)
        {
            return status == StatusCode.Ok ? StatusCode.NotDone : status;
        }

        state.EnterContent(number);
        var place = FileLength.CutAt(Length)!.Value;
        var found = (place.Index, place.Bytes, Chunk: state.ChunkAt(number, inode!, place.Index));
        cut = found;
        chunk = ChunkRules.InSlot(state, found.Chunk, SeenVersion);
        if (chunk is null)
        {
            return StatusCode.NoChunk;
        }

        if (chunk.References == 0)
        {
            throw new InvariantException($"chunk {found.Chunk:X16} is in slot {found.Index} of inode {number} but has no reference");
        }

        var repetition = IsRepetition(chunk, found.Bytes, now);
        if (chunk.IsLocked(now) && !repetition)
        {
            return StatusCode.Locked;
        }

        if (SeenChunk != found.Chunk || SeenVersion != chunk.Version)
        {
            return StatusCode.Mismatch;
        }

        return chunk.Version >= ChunkRules.MaxVersion && !repetition ? StatusCode.Io : StatusCode.Ok;
    }

    // After a failover the session repeats its request and finds its own truncate begun: the same order is given again, no new version.
    private bool IsRepetition(Chunk chunk, uint bytes, uint now) =>
        chunk.IsLocked(now) && chunk.LockSession == Caller.Session && chunk.Work is { IsTruncate: true } work && work.CutBytes == bytes;
}

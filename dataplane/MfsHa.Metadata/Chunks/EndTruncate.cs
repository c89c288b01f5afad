using MemoryPack;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// Second half of a TRUNCATE that ends inside a chunk, after chunkservers have cut it: the file gets the length, the chunk is free again
/// (mfsmaster/filesystem.c: fs_end_setlength, fs_do_setlength). Carries the client's stamp. ENOENT if the file has gone meanwhile.
/// </summary>
/// <param name="Inode">The file, as the session calls it.</param>
/// <param name="Flags">Flags of the request.</param>
/// <param name="Length">New length, bytes.</param>
/// <param name="Chunk">The chunk that was cut.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record EndTruncate(uint Inode, TruncateFlags Flags, ulong Length, ulong Chunk, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var end = new SetLength(Inode, Flags, Length, IsCut: true, Caller);
        var status = FileLength.IsTooLong(Length) ? StatusCode.IndexTooBig : end.Check(state, out _, out _);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (state.Chunks.Get(Chunk) is { } chunk && chunk.LockSession == Caller.Session && chunk.Work is { IsTruncate: true })
        {
            state.Chunks.Set(Chunk, ChunkRules.Unlocked(chunk));
        }

        return end.Execute(state, context);
    }
}

using System.Runtime.InteropServices;
using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// Changes the version of a chunk: the emergency increase after a failed order, or the version of the copies that are left
/// (chunkserver-protocol 5.3, 5.4). NOCHUNK if it is unknown, MISMATCH if its version is another one already.
/// </summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="SeenVersion">Its version as the supervisor saw it.</param>
/// <param name="Version">Its new version; differs by one.</param>
/// <param name="Inode">Any inode of the shard, for routing; 0 = the first shard.</param>
[MemoryPackable]
public sealed partial record SetChunkVersion(ulong Chunk, uint SeenVersion, uint Version, uint Inode) : Command
{
    /// <summary>Chunkservers whose copies get this version, when others have failed an order that is still under way; null if there is none.</summary>
    public ushort[]? Servers { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Version is 0 or > ChunkRules.MaxVersion || (Version != SeenVersion + 1 && Version + 1 != SeenVersion))
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        if (state.Chunks.Get(Chunk) is not { } chunk)
        {
            return StatusReply.Of(StatusCode.NoChunk);
        }

        if (chunk.Version != SeenVersion)
        {
            return StatusReply.Of(StatusCode.Mismatch);
        }

        var work = chunk.Work is { } begun && Servers is not null ? begun.RaisedFrom(Chunk, SeenVersion, Servers) : chunk.Work;
        state.Chunks.Set(Chunk, chunk with { Version = Version, Work = work });
        return StatusReply.Ok;
    }
}

/// <summary>Frees a chunk from its lock, whoever holds it. NOCHUNK if it is unknown.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Inode">Any inode of the shard, for routing; 0 = the first shard.</param>
[MemoryPackable]
public sealed partial record UnlockChunk(ulong Chunk, uint Inode) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Chunks.Get(Chunk) is not { } chunk)
        {
            return StatusReply.Of(StatusCode.NoChunk);
        }

        if (chunk.LockedUntil != 0 || chunk.Work is not null)
        {
            state.Chunks.Set(Chunk, ChunkRules.Unlocked(chunk));
        }

        return StatusReply.Ok;
    }
}

/// <summary>
/// Chunkservers have reported chunks that nobody knows: they are kept, noted as orphans and locked for <see cref="KeepSeconds"/>
/// (mfsmaster/chunks.c: chunk_server_has_chunk, design.md 13.2). Ids that are known, 0, or too far ahead to be ours are left alone.
/// Answers with the number of chunks that were noted.
/// </summary>
/// <param name="Chunks">Ids and reported versions, at most <see cref="MaxChunks"/> (EINVAL).</param>
[MemoryPackable]
public sealed partial record AdoptUnknownChunks(ReportedChunk[] Chunks) : Command
{
    /// <summary>Most chunks of one command.</summary>
    public const int MaxChunks = 1000;

    /// <summary>How long an unknown chunk is kept at least, seconds (UNUSED_DELETE_TIMEOUT).</summary>
    public const uint KeepSeconds = 7 * 86_400;

    /// <summary>How far beyond the next id a reported id may be.</summary>
    public const ulong MaxAhead = 1_000_000_000;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Chunks.Length > MaxChunks)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var counters = state.Counters;
        var noted = 0;
        foreach (var (id, version) in Chunks)
        {
            if (id == 0 || id >= ChunkRules.EndOfIds || id > counters.NextChunk + MaxAhead || state.Chunks.Contains(id))
            {
                continue;
            }

            state.Chunks.Add(id, new Chunk { Version = version & ChunkRules.MaxVersion, StorageClass = 0, References = 0, LockedUntil = context.Now + KeepSeconds });
            state.OrphanChunks.Set(id, Present.Value);
            counters = counters with { Chunks = counters.Chunks + 1, NextChunk = Math.Max(counters.NextChunk, id + 1) };
            noted++;
        }

        if (noted > 0)
        {
            state.Counters = counters;
        }

        return new CountReply(noted);
    }
}

/// <summary>A chunk as a chunkserver reports it.</summary>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct ReportedChunk(ulong Chunk, uint Version);

/// <summary>
/// Removes the records of condemned chunks after every copy was deleted (CHUNKDEL). Chunks that are unknown or not condemned are left alone.
/// Answers with the number of records that were removed.
/// </summary>
/// <param name="Chunks">At most <see cref="MaxChunks"/> ids (EINVAL).</param>
[MemoryPackable]
public sealed partial record ForgetChunks(ulong[] Chunks) : Command
{
    /// <summary>Most chunks of one command.</summary>
    public const int MaxChunks = 1000;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Chunks.Length > MaxChunks)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var removed = 0;
        foreach (var id in Chunks)
        {
            if (state.Chunks.Get(id) is { References: 0, Condemned: true })
            {
                state.Chunks.Remove(id);
                state.OrphanChunks.Remove(id);
                removed++;
            }
        }

        if (removed > 0)
        {
            var counters = state.Counters;
            state.Counters = counters with { Chunks = counters.Chunks - removed };
        }

        return new CountReply(removed);
    }
}

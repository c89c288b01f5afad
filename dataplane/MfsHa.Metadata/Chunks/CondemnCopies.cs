using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// Decides that the copies of a chunk on some chunkservers go: they never count as good again, until <see cref="ForgetCopies"/> says that they are gone. Every
/// later leader sees it, so that no two leaders choose different copies to delete (design.md 9). A chunk that is unknown, without references, locked, or whose
/// version is not the one that the supervisor saw is left alone, and so are all while deletions are held. Answers with the chunks whose copies are condemned now.
/// </summary>
/// <param name="Copies">At most <see cref="MaxChunks"/> chunks, at most <see cref="MaxServers"/> copies of each (EINVAL).</param>
[MemoryPackable]
public sealed partial record CondemnCopies(ChunkCopies[] Copies) : Command
{
    /// <summary>Most chunks of one command.</summary>
    public const int MaxChunks = 1000;

    /// <summary>Most condemned copies of one chunk.</summary>
    public const int MaxServers = 64;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Copies.Length > MaxChunks || Array.Exists(Copies, static c => c.Servers.Length > MaxServers))
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        if (state.DeletionsAreHeld)
        {
            return new ChunksReply([], 0);
        }

        var condemned = new List<ChunkView>(Copies.Length);
        foreach (var copies in Copies)
        {
            if (state.Chunks.Get(copies.Chunk) is not { References: > 0 } chunk || chunk.IsLocked(context.Now) || chunk.Version != copies.SeenVersion)
            {
                continue;
            }

            ushort[] servers = [.. (chunk.CondemnedAt ?? []).Union(copies.Servers).Order()];
            if (servers.Length > MaxServers)
            {
                continue;
            }

            chunk = chunk with { CondemnedAt = servers };
            state.Chunks.Set(copies.Chunk, chunk);
            condemned.Add(new ChunkView(copies.Chunk, chunk));
        }

        return new ChunksReply([.. condemned], 0);
    }
}

/// <summary>Condemned copies are gone: their chunkservers may get new ones. Chunks that are unknown are left alone; the answer counts the others.</summary>
/// <param name="Copies">At most <see cref="CondemnCopies.MaxChunks"/> chunks (EINVAL); the versions do not count.</param>
[MemoryPackable]
public sealed partial record ForgetCopies(ChunkCopies[] Copies) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Copies.Length > CondemnCopies.MaxChunks)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var changed = 0;
        foreach (var copies in Copies)
        {
            if (state.Chunks.Get(copies.Chunk) is { CondemnedAt: { } before } chunk)
            {
                ushort[] left = [.. before.Except(copies.Servers)];
                state.Chunks.Set(copies.Chunk, chunk with { CondemnedAt = left.Length == 0 ? null : left });
                changed++;
            }
        }

        return new CountReply(changed);
    }
}

/// <summary>Some copies of a chunk.</summary>
/// <param name="Chunk">Chunk id.</param>
/// <param name="SeenVersion">Its version as the supervisor saw it.</param>
/// <param name="Servers">Chunkserver ids.</param>
[MemoryPackable]
public sealed partial record ChunkCopies(ulong Chunk, uint SeenVersion, ushort[] Servers);

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// Decides that chunks without references go, with all their copies, for ever: from here on no command refers to them again, so that an order to delete a copy
/// does no harm whenever it arrives and whoever gave it (design.md 9, 13.2). Chunks that are unknown, referred to, locked, or that an unfinished write may
/// still fall back on are left alone, and so are all while deletions are held. Answers with those of the chunks that are condemned now.
/// </summary>
/// <param name="Chunks">At most <see cref="MaxChunks"/> ids (EINVAL).</param>
[MemoryPackable]
public sealed partial record CondemnChunks(ulong[] Chunks) : Command
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

        if (state.DeletionsAreHeld)
        {
            return new ChunksReply([], 0);
        }

        var condemned = new List<ChunkView>(Chunks.Length);
        foreach (var id in Chunks)
        {
            if (state.Chunks.Get(id) is not { References: 0 } chunk || chunk.IsLocked(context.Now) || chunk.KeptUntil >= context.Now)
            {
                continue;
            }

            if (!chunk.Condemned)
            {
                chunk = chunk with { Condemned = true, CondemnedAt = null };
                state.Chunks.Set(id, chunk);
            }

            condemned.Add(new ChunkView(id, chunk));
        }

        return new ChunksReply([.. condemned], 0);
    }
}

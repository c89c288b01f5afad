using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.State;

/// <content>Chunk tables of files.</content>
public sealed partial class NamespaceState
{
    /// <summary>The chunk in a slot of a file, 0 = hole.</summary>
    public ulong ChunkAt(uint number, Inode inode, uint index)
    {
        if (index >= inode.ChunkSlots)
        {
            return 0;
        }

        return index == 0
            ? inode.FirstChunk
            : ChunkPages.Get((number, index / ChunkPage.SlotsPerPage))?.Chunks[index % ChunkPage.SlotsPerPage] ?? 0;
    }

    /// <summary>The slots of a file from <paramref name="from"/> up to, not including, <paramref name="until"/> that are not holes, ascending.</summary>
    /// <param name="number">The file.</param>
    /// <param name="inode">Its record.</param>
    /// <param name="from">First slot.</param>
    /// <param name="until">Behind the last slot.</param>
    /// <param name="limit">Most slots to return.</param>
    public List<(uint Index, ulong Chunk)> ChunksOf(uint number, Inode inode, uint from, ulong until, int limit = int.MaxValue)
    {
        var found = new List<(uint Index, ulong Chunk)>();
        if (from == 0 && until > 0 && limit > 0 && inode.FirstChunk != 0)
        {
            found.Add((0, inode.FirstChunk));
        }

        until = Math.Min(until, inode.ChunkSlots);
        if (until <= 1 || from >= until)
        {
            return found;
        }

        foreach (var (key, page) in ChunkPages.Range((number, from / ChunkPage.SlotsPerPage), (number + 1, 0)))
        {
            var first = key.Page * ChunkPage.SlotsPerPage;
            if (first >= until)
            {
                break;
            }

            for (var slot = 0u; slot < ChunkPage.SlotsPerPage; slot++)
            {
                if (found.Count >= limit)
                {
                    return found;
                }

                if (page.Chunks[slot] != 0 && first + slot >= from && first + slot < until)
                {
                    found.Add((first + slot, page.Chunks[slot]));
                }
            }
        }

        return found;
    }

    /// <summary>
    /// The inode with a chunk put into a slot (0 = hole). Writes pages but neither the inode nor references nor totals:
    /// the caller sets the inode.
    /// </summary>
    public Inode WithChunkAt(uint number, Inode inode, uint index, ulong chunk)
    {
        var before = ChunkAt(number, inode, index);
        if (before == chunk)
        {
            return inode;
        }

        var count = inode.ChunkCount + (chunk == 0 ? 0u : 1u) - (before == 0 ? 0u : 1u);
        var first = inode.FirstChunk;
        if (index == 0)
        {
            first = chunk;
        }
        else
        {
            WriteSlot(number, index, chunk);
        }

        var changed = inode with { FirstChunk = first, ChunkCount = count, ChunkSlots = Math.Max(inode.ChunkSlots, index + 1) };
        return chunk == 0 ? WithoutTrailingHoles(number, changed) : changed;
    }

    /// <summary>The inode with all slots from <paramref name="slots"/> on given up and their chunks released. The caller sets the inode.</summary>
    public Inode WithChunksReleased(uint number, Inode inode, ulong slots)
    {
        if (slots >= inode.ChunkSlots)
        {
            return inode;
        }

        var from = (uint)slots;
        var left = inode.ChunkCount;
        var first = inode.FirstChunk;
        if (from == 0 && first != 0)
        {
            ReleaseChunk(first, inode.StorageClass);
            first = 0;
            left--;
        }

        var pages = new List<KeyValuePair<(uint Inode, uint Page), ChunkPage>>();
        if (inode.ChunkSlots > 1)
        {
            pages.AddRange(ChunkPages.Range((number, from / ChunkPage.SlotsPerPage), (number + 1, 0)));
        }

        foreach (var (key, page) in pages)
        {
            var begin = from > key.Page * ChunkPage.SlotsPerPage ? (int)(from % ChunkPage.SlotsPerPage) : 0;
            for (var slot = begin; slot < ChunkPage.SlotsPerPage; slot++)
            {
                if (page.Chunks[slot] != 0)
                {
                    ReleaseChunk(page.Chunks[slot], inode.StorageClass);
                    left--;
                }
            }

            if (begin == 0 || page.Chunks.AsSpan(0, begin).IndexOfAnyExcept(0ul) < 0)
            {
                ChunkPages.Remove(key);
            }
            else
            {
                var kept = new ulong[ChunkPage.SlotsPerPage];
                page.Chunks.AsSpan(0, begin).CopyTo(kept);
                ChunkPages.Set(key, new ChunkPage(kept));
            }
        }

        return WithoutTrailingHoles(number, inode with { FirstChunk = first, ChunkCount = left, ChunkSlots = from });
    }

    private void WriteSlot(uint number, uint index, ulong chunk)
    {
        var key = (number, index / ChunkPage.SlotsPerPage);
        var slots = new ulong[ChunkPage.SlotsPerPage];
        ChunkPages.Get(key)?.Chunks.CopyTo(slots, 0);
        slots[index % ChunkPage.SlotsPerPage] = chunk;
        if (slots.AsSpan().IndexOfAnyExcept(0ul) >= 0)
        {
            ChunkPages.Set(key, new ChunkPage(slots));
        }
        else if (ChunkPages.Contains(key))
        {
            ChunkPages.Remove(key);
        }
    }

    private Inode WithoutTrailingHoles(uint number, Inode inode)
    {
        var slots = inode.ChunkSlots;
        if (inode.ChunkCount == 0)
        {
            slots = 0;
        }
        else
        {
            while (slots > 0 && ChunkAt(number, inode, slots - 1) == 0)
            {
                slots--;
            }
        }

        return slots == inode.ChunkSlots ? inode : inode with { ChunkSlots = slots };
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Support;

/// <summary>Counts a whole shard anew and compares with what the state keeps incrementally.</summary>
internal static class Audit
{
    public static void Check(NamespaceState state)
    {
        var inodes = state.Inodes.All().ToDictionary();
        var edges = state.Edges.All().ToDictionary();
        CheckEntries(state, inodes, edges);
        CheckLinks(state, inodes, edges);
        CheckTotals(state, inodes, edges);
        CheckDetached(state, inodes);
        CheckOpenFiles(state);
        CheckCounters(state, inodes);
        CheckChunks(state, inodes);
        CheckNumbers(state, inodes);
    }

    private static void CheckEntries(NamespaceState state, Dictionary<uint, Inode> inodes, Dictionary<(uint Directory, ulong Edge), DirectoryEdge> edges)
    {
        var entries = state.Entries.All().ToDictionary();
        Assert.Equal(entries.Count, edges.Count);
        foreach (var ((directory, name), entry) in entries)
        {
            Assert.Equal(new DirectoryEdge(name, entry.Inode), edges[(directory, entry.Edge)]);
            Assert.True(inodes[directory].IsDirectory);
            Assert.True(inodes.ContainsKey(entry.Inode), $"entry {directory}/{name} names {entry.Inode}, which is missing");
        }

        Assert.Equal(edges.Count, edges.Keys.Select(k => k.Edge).Distinct().Count());
    }

    private static void CheckLinks(NamespaceState state, Dictionary<uint, Inode> inodes, Dictionary<(uint Directory, ulong Edge), DirectoryEdge> edges)
    {
        var links = edges.ToLookup(e => e.Value.Inode, e => (e.Key.Directory, e.Key.Edge));
        foreach (var (number, inode) in inodes)
        {
            var kept = state.LinksOf(number, inode);
            Assert.Equal(links[number].Order(), kept.Order());
            if (inode.IsDirectory)
            {
                var children = edges.Where(e => e.Key.Directory == number).Select(e => inodes[e.Value.Inode]).ToList();
                Assert.Equal(children.Count, (int)inode.Entries);
                Assert.Equal(2 + children.Count(c => c.IsDirectory), (int)inode.LinkCount);
                Assert.Equal(number == 1 ? 0 : 1, kept.Count);
            }
            else
            {
                Assert.Equal(kept.Count, (int)inode.LinkCount);
                Assert.Equal(inode.IsDetached, kept.Count == 0);
            }
        }

        Assert.Equal(inodes.Values.Where(i => !i.IsDirectory && i.LinkCount > 1).Sum(i => i.LinkCount - 1), state.ExtraLinks.All().Count());
    }

    private static void CheckTotals(NamespaceState state, Dictionary<uint, Inode> inodes, Dictionary<(uint Directory, ulong Edge), DirectoryEdge> edges)
    {
        var children = edges.ToLookup(e => e.Key.Directory, e => e.Value.Inode);
        var reached = new HashSet<uint>();
        Assert.Equal(Count(1), state.Totals.Require(1));
        Assert.Equal(inodes.Where(i => !i.Value.IsDetached).Select(i => i.Key).Order(), reached.Order());
        Assert.Equal(inodes.Count(i => i.Value.IsDirectory), state.Totals.All().Count());

        SubtreeTotals Count(uint directory)
        {
            reached.Add(directory);
            var sum = SubtreeTotals.Empty;
            foreach (var child in children[directory])
            {
                var inode = inodes[child];
                if (inode.IsDirectory)
                {
                    Assert.DoesNotContain(child, reached);
                    var below = Count(child);
                    Assert.Equal(below, state.Totals.Require(child));
                    sum = sum.Plus(below.WithDirectory());
                    continue;
                }

                reached.Add(child);
                var (slots, size) = Occupied(state, child, inode);
                sum = sum.Plus(inode.Type switch
                {
                    NodeType.File => new TotalsChange(1, 0, 1, slots, (long)inode.Length, size, size / 16 * inode.SpaceFactor),
                    NodeType.Symlink => new TotalsChange(1, Length: inode.Target!.Length),
                    _ => new TotalsChange(1),
                });
            }

            return sum;
        }
    }

    /// <summary>By the definition in client-protocol 7.6, slot by slot.</summary>
    private static (long Chunks, long Size) Occupied(NamespaceState state, uint number, Inode inode)
    {
        long chunks = 0;
        long size = 0;
        var last = inode.Length == 0 ? 0 : (inode.Length - 1) / (64 << 20);
        for (uint index = 0; index < inode.ChunkSlots; index++)
        {
            if (state.ChunkAt(number, inode, index) == 0)
            {
                continue;
            }

            chunks++;
            if (index < last)
            {
                size += (64 << 20) + 8192;
            }
            else if (index == last)
            {
                var tail = (long)(inode.Length - (last * (64 << 20)));
                size += ((tail + 65535) / 65536 * 65536) + 8192;
            }
        }

        return (chunks, size);
    }

    private static void CheckDetached(NamespaceState state, Dictionary<uint, Inode> inodes)
    {
        var detached = state.Detached.All().ToDictionary();
        Assert.Equal(inodes.Where(i => i.Value.IsDetached).Select(i => i.Key), detached.Keys);
        var trash = detached.Where(d => inodes[d.Key].Type == NodeType.Trash).Select(d => (d.Value.Queued, d.Key)).Order();
        Assert.Equal(trash, state.TrashExpiry.All().Select(e => e.Key));
        var idle = detached.Where(d => inodes[d.Key].Type == NodeType.Sustained && d.Value.Queued != 0).Select(d => (d.Value.Queued, d.Key)).Order();
        Assert.Equal(idle, state.SustainedIdle.All().Select(e => e.Key));
        Assert.All(detached.Where(d => inodes[d.Key].Type == NodeType.Sustained && d.Value.Queued == 0), d => Assert.True(state.IsOpen(d.Key)));
    }

    private static void CheckOpenFiles(NamespaceState state)
    {
        var byInode = state.OpenByInode.All().SelectMany(o => o.Value.Sessions.Select(s => (s, o.Key))).Order();
        Assert.Equal(byInode, state.OpenBySession.All().Select(o => o.Key));
        Assert.All(state.OpenByInode.All(), o => Assert.NotEmpty(o.Value.Sessions));
    }

    private static void CheckCounters(NamespaceState state, Dictionary<uint, Inode> inodes)
    {
        var counters = state.Counters;
        Assert.Equal(inodes.Count, counters.Inodes);
        Assert.Equal(inodes.Values.Count(i => i.IsDirectory), counters.Directories);
        Assert.Equal(inodes.Values.Count(i => i.Type == NodeType.File), counters.Files);
        var trash = inodes.Values.Where(i => i.Type == NodeType.Trash).ToList();
        var sustained = inodes.Values.Where(i => i.Type == NodeType.Sustained).ToList();
        Assert.Equal((trash.Count, trash.Sum(i => (long)i.Length)), (counters.TrashFiles, counters.TrashLength));
        Assert.Equal((sustained.Count, sustained.Sum(i => (long)i.Length)), (counters.SustainedFiles, counters.SustainedLength));
    }

    private static void CheckChunks(NamespaceState state, Dictionary<uint, Inode> inodes)
    {
        var references = new Dictionary<ulong, uint>();
        foreach (var (number, inode) in inodes)
        {
            uint count = 0;
            for (uint index = 0; index < inode.ChunkSlots; index++)
            {
                if (state.ChunkAt(number, inode, index) is not 0 and var chunk)
                {
                    count++;
                    references[chunk] = references.GetValueOrDefault(chunk) + 1;
                }
            }

            Assert.Equal(count, inode.ChunkCount);
            Assert.True(inode.ChunkSlots == 0 || state.ChunkAt(number, inode, inode.ChunkSlots - 1) != 0);
        }

        foreach (var (id, chunk) in state.Chunks.All())
        {
            Assert.Equal(references.GetValueOrDefault(id), chunk.References);
            Assert.Equal(chunk.References == 0, state.OrphanChunks.Contains(id));
        }

        Assert.All(state.ChunkPages.All(), p => Assert.True(inodes.ContainsKey(p.Key.Inode) && p.Value.Chunks.Any(c => c != 0)));
    }

    private static void CheckNumbers(NamespaceState state, Dictionary<uint, Inode> inodes)
    {
        var taken = (int)state.Counters.RecycledTaken;
        var recycled = state.RecycledInodes.All().SelectMany(b => b.Key == state.Counters.FirstRecycled ? b.Value.Inodes.Skip(taken) : b.Value.Inodes);
        var all = inodes.Keys.Concat(state.Freed.All().Select(f => f.Key.Inode)).Concat(recycled).Order();
        Assert.Equal(Enumerable.Range(1, (int)state.Counters.NextInode - 1).Select(i => (uint)i), all);
        foreach (var ((inode, type), _) in state.Acls.All())
        {
            Assert.True(type == (uint)AclType.Access ? inodes[inode].HasAccessAcl : inodes[inode].HasDefaultAcl);
        }
    }
}

using System.Globalization;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Import;

/// <summary>
/// What a file does not say and a state needs: references of chunks, totals of subtrees, sustained files that nobody has open. Finds what hangs in the air.
/// </summary>
internal static class Completion
{
    /// <summary>Completes a state that all sections were read into. <see cref="MetadataFileException"/> when it is no whole tree.</summary>
    public static void Run(ImportTarget target)
    {
        target.Write();
        CheckObjects(target);
        target.Write();
        CountReferences(target);
        CountTotals(target);
        QueueSustained(target);
    }

    private static void CheckObjects(ImportTarget target)
    {
        if (target.Shard.Inodes.Get(NamespaceState.RootInode) is not { IsDirectory: true })
        {
            throw new MetadataFileException("the root directory (inode 1) is missing");
        }

        var unused = new UnusedNumbers(target);
        foreach (var (number, inode) in target.Shard.Inodes.All())
        {
            unused.Until(number);
            var hangs = inode.IsDetached ? !target.Shard.Detached.Contains(number) : inode.Parent == 0 && number != NamespaceState.RootInode;
            if (hangs)
            {
                throw new MetadataFileException($"inode {number} of type {inode.Type} has no entry in any directory: nodes and edges do not belong together");
            }
        }

        unused.End();
    }

    private static void CountReferences(ImportTarget target)
    {
        var shard = target.Shard;
        foreach (var (number, inode) in shard.Inodes.All())
        {
            if (inode.ChunkCount == 0)
            {
                continue;
            }

            foreach (var (index, chunk) in shard.ChunksOf(number, inode, 0, ulong.MaxValue))
            {
                if (shard.Chunks.Contains(chunk))
                {
                    shard.AddReference(chunk, inode.StorageClass);
                    target.Step();
                }
                else
                {
                    target.Report.Lose(string.Create(CultureInfo.InvariantCulture, $"inode {number}, chunk {index}: chunk {chunk:X16} is not in the file; its data is missing there, too"));
                }
            }
        }

        target.Write();
    }

    private static void CountTotals(ImportTarget target)
    {
        var shard = target.Shard;
        long reached = 0;
        var open = new Stack<(uint Directory, ulong NextEdge, SubtreeTotals Totals)>();
        open.Push((NamespaceState.RootInode, 0, SubtreeTotals.Empty));
        while (open.TryPop(out var at))
        {
            var (directory, from, totals) = at;
            uint subdirectory = 0;
            foreach (var (key, edge) in shard.Edges.Range((directory, from), (directory + 1, 0)))
            {
                var inode = shard.Inodes.Require(edge.Inode);
                if (inode.IsDirectory)
                {
                    open.Push((directory, key.Edge + 1, totals));
                    open.Push((edge.Inode, 0, SubtreeTotals.Empty));
                    subdirectory = edge.Inode;
                    break;
                }

                totals = totals.Plus(shard.Contribution(edge.Inode, inode));
            }

            if (subdirectory != 0)
            {
                continue;
            }

            shard.Totals.Set(directory, totals);
            target.Step();
            reached++;
            if (open.TryPop(out var parent))
            {
                open.Push(parent with { Totals = parent.Totals.Plus(totals.WithDirectory()) });
            }
        }

        var all = shard.ClassUsages.All().Sum(static u => u.Value.Directories);
        if (reached != all)
        {
            throw new MetadataFileException($"{all - reached} directories cannot be reached from the root: they contain themselves");
        }
    }

    private static void QueueSustained(ImportTarget target)
    {
        target.Write();
        foreach (var (number, _) in target.Shard.Detached.All().Where(d => target.Shard.Inodes.Require(d.Key).Type == NodeType.Sustained && !target.Shard.IsOpen(d.Key)).ToList())
        {
            target.Shard.QueueIdle(number, target.Now);
            target.Step();
        }
    }
}

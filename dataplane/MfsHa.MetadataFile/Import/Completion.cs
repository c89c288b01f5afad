using MfsHa.MetadataFile.Import.Chunks;
using MfsHa.MetadataFile.Import.Entries;
using MfsHa.MetadataFile.Import.Objects;

namespace MfsHa.MetadataFile.Import;

/// <summary>
/// All of a file was read: objects, entries and chunks, which it has in places far from each other, are brought together, completed by what the file does not say (references of chunks, totals of
/// subtrees, who waits in which queue), and written. Finds what hangs in the air.
/// </summary>
internal static class Completion
{
    private const int Threads = 2;

    /// <summary>Completes a state that all sections were read into. <see cref="MetadataFileException"/> when it is no whole tree.</summary>
    public static void Run(ImportTarget target, CancellationToken cancellation)
    {
        if (!target.Objects.IsDirectory(Metadata.State.NamespaceState.RootInode))
        {
            throw new MetadataFileException("the root directory (inode 1) is missing");
        }

        target.Tally.Store(target);
        target.Write();
        target.Meter.Begin(target.Tree.Count);
        var progress = new LoadProgress(target.Meter);
        using var objects = new ObjectLoad(target, progress);
        using var entries = new EntryLoad(target, progress);
        using var chunks = new ChunkLoad(target, progress);
        using var pages = new PageLoad(target, progress);

        // Only the first one looks at the state, and counts in the report; neither is made for two threads.
        Beside(
            cancellation,
            token =>
            {
                objects.Run(token);
                chunks.Run(token);
            },
            token =>
            {
                entries.Run(token);
                pages.Run(token);
            });
        objects.Complete();
        entries.Complete();
        chunks.Complete();
        pages.Complete();
        target.Shard.Reload();
    }

    // When one fails the others end, too, and what it says is what is said.
    private static void Beside(CancellationToken cancellation, params Action<CancellationToken>[] works)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            Parallel.ForEach(works, new ParallelOptions { MaxDegreeOfParallelism = Threads }, work =>
            {
                try
                {
                    work(end.Token);
                }
                catch
                {
                    end.Cancel();
                    throw;
                }
            });
        }
        catch (AggregateException e)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = e.Flatten().InnerExceptions.FirstOrDefault(static i => i is not OperationCanceledException) ?? e.InnerExceptions[0];
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
    }
}

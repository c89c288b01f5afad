using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;

namespace MfsHa.MetadataFile.Import.Chunks;

/// <summary>Makes the records of chunk tables.</summary>
internal sealed class PageLoad(ImportTarget target, LoadProgress progress) : IDisposable
{
    private readonly TableLoad<(uint Inode, uint Page), ChunkPage> pages = target.Shard.ChunkPages.BeginLoad(target.Bulk);

    /// <summary>Makes all records.</summary>
    public void Run(CancellationToken cancellation)
    {
        foreach (var (key, page) in target.Tree.Pages.All())
        {
            progress.Step(cancellation);
            pages.Add(key, page);
        }

        target.Tree.Pages.Dispose();
    }

    /// <summary>Makes what was loaded part of the store.</summary>
    public void Complete() => pages.Complete();

    /// <inheritdoc/>
    public void Dispose() => pages.Dispose();
}

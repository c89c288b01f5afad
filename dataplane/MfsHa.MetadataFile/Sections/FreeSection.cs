using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>FREE 1.0: inode numbers that rest (mfsmaster/filesystem.c: fs_storefree).</summary>
internal sealed class FreeSection : ISection
{
    private const byte Version10 = 0x10;

    /// <inheritdoc/>
    public string Name => "FREE";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version10;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version10;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        var count = file.Later32();
        uint free = 0;
        foreach (var key in InOrder([.. context.Shards.Select(static s => s.Freed.All().Select(static f => f.Key))]))
        {
            file.UInt32(key.Inode);
            file.UInt32(key.UnixSeconds);
            free++;
            yield return default;
        }

        file.FillIn(count, free);
    }

    // Each shard has its own in order; a file has all of them in order.
    private static IEnumerable<(uint UnixSeconds, uint Inode)> InOrder(IReadOnlyList<IEnumerable<(uint UnixSeconds, uint Inode)>> sources)
    {
        var waiting = new PriorityQueue<IEnumerator<(uint UnixSeconds, uint Inode)>, (uint UnixSeconds, uint Inode)>();
        try
        {
            foreach (var source in sources)
            {
                Enqueue(source.GetEnumerator());
            }

            while (waiting.TryDequeue(out var first, out var key))
            {
                yield return key;
                Enqueue(first);
            }
        }
        finally
        {
            while (waiting.TryDequeue(out var left, out _))
            {
                left.Dispose();
            }
        }

        void Enqueue(IEnumerator<(uint UnixSeconds, uint Inode)> source)
        {
            if (source.MoveNext())
            {
                waiting.Enqueue(source, source.Current);
            }
            else
            {
                source.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        for (var left = file.UInt32(); left > 0; left--)
        {
            var (number, time) = (file.UInt32(), file.UInt32());
            if (number is 0 or > NamespaceState.MaxInode || target.Objects.Exists(number))
            {
                throw file.Damaged($"inode {number} is said to be free but is used or out of range");
            }

            target.Objects.Resting.Add(number);
            target.Shard.Freed.Set((time, number), Present.Value);
            target.Step();
        }
    }
}

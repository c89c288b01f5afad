using System.Runtime.InteropServices;
using MfsHa.Metadata.State;

namespace MfsHa.MetadataFile.Import.Objects;

/// <summary>Totals of all directories' subtrees: 64 bytes for each directory, whatever is in it.</summary>
internal sealed class DirectoryTotals(NumberSet directories)
{
    private const int PageBits = 12;
    private const int Root = -1;
    private const int Done = -1;
    private readonly NumberSet.Ranks ranks = directories.Rank();
    private Row[][] rows = [];

    /// <summary>Counts what an object that is no directory is for one of its parents.</summary>
    public void Count(uint parent, in TotalsChange contribution) => At(ranks.Of(parent)).Add(contribution);

    /// <summary>Says where a directory lies; 0: nowhere, it is the root.</summary>
    public void Place(uint directory, uint parent)
    {
        var up = parent == 0 ? Root : ranks.Of(parent);
        At(ranks.Of(directory)).Parent = up;
        if (up != Root)
        {
            At(up).Waiting++;
        }
    }

    /// <summary>All objects were counted: adds what is in directories to those above them. <see cref="MetadataFileException"/> when directories contain themselves.</summary>
    public void Finish(CancellationToken cancellation)
    {
        var finished = 0;
        for (var i = 0; i < ranks.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();

            // Upwards as long as nothing is missing: what is above will be finished by its last subdirectory.
            for (var at = i; at != Root && At(at).Waiting == 0;)
            {
                ref var row = ref At(at);
                row.Waiting = Done;
                finished++;
                at = row.Parent;
                if (at != Root)
                {
                    ref var above = ref At(at);
                    above.Add(row.Sum().WithDirectory());
                    above.Waiting--;
                }
            }
        }

        if (finished != ranks.Count)
        {
            throw new MetadataFileException($"{ranks.Count - finished} directories cannot be reached from the root: they contain themselves, or lie above such ones");
        }
    }

    /// <summary>All directories with their totals, ascending.</summary>
    public IEnumerable<(uint Directory, SubtreeTotals Totals)> All()
    {
        var place = 0;
        foreach (var directory in directories.All())
        {
            var totals = At(place++).Sum();
            if ((totals.Length | totals.Size | totals.RealSize) < 0)
            {
                throw new MetadataFileException($"the files below directory {directory} have more bytes together than can be counted");
            }

            yield return (directory, totals);
        }
    }

    private ref Row At(int place)
    {
        var page = place >> PageBits;
        if (page >= rows.Length)
        {
            var before = rows.Length;
            Array.Resize(ref rows, (ranks.Count >> PageBits) + 1);
            for (var added = before; added < rows.Length; added++)
            {
                rows[added] = new Row[Math.Min(1 << PageBits, ranks.Count - (added << PageBits))];
            }
        }

        return ref rows[page][place & ((1 << PageBits) - 1)];
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Row
    {
        public int Parent;

        /// <summary>Subdirectories that are not added yet.</summary>
        public int Waiting;

        private long inodes;
        private long directories;
        private long files;
        private long chunks;
        private long length;
        private long size;
        private long realSize;

        public void Add(in TotalsChange change)
        {
            inodes += change.Inodes;
            directories += change.Directories;
            files += change.Files;
            chunks += change.Chunks;
            length = Capped(length, change.Length);
            size = Capped(size, change.Size);
            realSize = Capped(realSize, change.RealSize);
        }

        public readonly SubtreeTotals Sum() => new(inodes, directories, files, chunks, length, size, realSize);

        // What overflows stays negative, so that it is noticed.
        private static long Capped(long sum, long added) => sum < 0 || added < 0 || sum > long.MaxValue - added ? -1 : sum + added;
    }
}

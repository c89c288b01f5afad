using MemoryPack;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.State;

/// <summary>
/// Totals of everything below a directory, the directory itself not counted: so quotas count; mfsdirinfo and STATFS add the directory
/// (mfsmaster/filesystem.c: fsnodes_get_stats, fsnodes_test_quota_noparents). What has several links counts at every one.
/// </summary>
/// <param name="Inodes">Objects.</param>
/// <param name="Directories">Directories.</param>
/// <param name="Files">Files.</param>
/// <param name="Chunks">Chunks.</param>
/// <param name="Length">Sum of the lengths of files and of symbolic links' targets, bytes.</param>
/// <param name="Size">Bytes occupied by chunks, each once.</param>
/// <param name="RealSize">Bytes occupied by all wanted copies.</param>
[MemoryPackable]
public sealed partial record SubtreeTotals(long Inodes, long Directories, long Files, long Chunks, long Length, long Size, long RealSize)
{
    /// <summary>Nothing.</summary>
    public static readonly SubtreeTotals Empty = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>These totals and a change. <see cref="InvariantException"/> if one becomes negative.</summary>
    public SubtreeTotals Plus(in TotalsChange change)
    {
        var sum = new SubtreeTotals(
            Inodes + change.Inodes,
            Directories + change.Directories,
            Files + change.Files,
            Chunks + change.Chunks,
            Length + change.Length,
            Size + change.Size,
            RealSize + change.RealSize);
        return (sum.Inodes | sum.Directories | sum.Files | sum.Chunks | sum.Length | sum.Size | sum.RealSize) >= 0
            ? sum
            : throw new InvariantException($"{this} plus {change} is negative");
    }

    /// <summary>These totals as something to be added.</summary>
    public TotalsChange AsChange() => new(Inodes, Directories, Files, Chunks, Length, Size, RealSize);

    /// <summary>What a directory with these totals counts for in its parent.</summary>
    public TotalsChange WithDirectory() => new(Inodes + 1, Directories + 1, Files, Chunks, Length, Size, RealSize);
}

/// <summary>What is added to <see cref="SubtreeTotals"/>; same fields, may be negative.</summary>
public readonly record struct TotalsChange(long Inodes, long Directories = 0, long Files = 0, long Chunks = 0, long Length = 0, long Size = 0, long RealSize = 0)
{
    /// <summary>One object without content.</summary>
    public static readonly TotalsChange OneObject = new(1);

    /// <summary>True when nothing changes.</summary>
    public bool IsEmpty => this == default;

    /// <summary>The opposite change.</summary>
    public static TotalsChange operator -(in TotalsChange a) => default(TotalsChange) - a;

    /// <summary>Difference.</summary>
    public static TotalsChange operator -(in TotalsChange a, in TotalsChange b) => new(
        a.Inodes - b.Inodes,
        a.Directories - b.Directories,
        a.Files - b.Files,
        a.Chunks - b.Chunks,
        a.Length - b.Length,
        a.Size - b.Size,
        a.RealSize - b.RealSize);

    /// <summary>The same without what is negative: what a quota must have room for.</summary>
    public TotalsChange Growth() => new(
        Math.Max(Inodes, 0),
        Math.Max(Directories, 0),
        Math.Max(Files, 0),
        Math.Max(Chunks, 0),
        Math.Max(Length, 0),
        Math.Max(Size, 0),
        Math.Max(RealSize, 0));
}

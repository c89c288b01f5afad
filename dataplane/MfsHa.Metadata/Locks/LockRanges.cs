using MfsHa.Protocol;

namespace MfsHa.Metadata.Locks;

/// <summary>Arithmetic of one owner's locked ranges (mfsmaster/posixlocks.c: posix_lock_apply_range).</summary>
public static class LockRanges
{
    /// <summary>The ranges after a range was locked or unlocked: ascending, merged.</summary>
    public static LockRange[] Apply(ReadOnlySpan<LockRange> ranges, PosixLockType type, ulong start, ulong end)
    {
        var result = new List<LockRange>(ranges.Length + 2);
        var placed = type == PosixLockType.Unlock;
        foreach (var range in ranges)
        {
            if (range.Start < start)
            {
                Add(result, range with { End = Math.Min(range.End, start) });
            }

            if (!placed && range.End > start)
            {
                Add(result, new LockRange(start, end, type == PosixLockType.Write));
                placed = true;
            }

            if (range.End > end)
            {
                Add(result, range with { Start = Math.Max(range.Start, end) });
            }
        }

        if (!placed)
        {
            Add(result, new LockRange(start, end, type == PosixLockType.Write));
        }

        return [.. result];
    }

    private static void Add(List<LockRange> ranges, LockRange next)
    {
        if (ranges.Count > 0 && ranges[^1] is var last && last.End == next.Start && last.Exclusive == next.Exclusive)
        {
            ranges[^1] = last with { End = next.End };
        }
        else
        {
            ranges.Add(next);
        }
    }
}

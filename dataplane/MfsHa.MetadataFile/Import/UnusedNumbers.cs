using MfsHa.Metadata.State;

namespace MfsHa.MetadataFile.Import;

/// <summary>
/// Finds inode numbers below the highest one that neither are used nor rest: an mfsmaster gives out the lowest of them first (mfsmaster/filesystem.c: fsnodes_get_next_id),
/// so they may be given out here, too.
/// </summary>
internal sealed class UnusedNumbers(ImportTarget target)
{
    /// <summary>Most numbers that are kept; further ones are never used again.</summary>
    private const int MaxKept = 1 << 24;

    private readonly List<uint> batch = [];
    private uint next = 1;
    private int kept;

    /// <summary>Stores all of them. What exists and what rests is known.</summary>
    public static void Store(ImportTarget target)
    {
        var unused = new UnusedNumbers(target);
        foreach (var number in target.Objects.All())
        {
            unused.Until(number);
        }

        unused.End();
    }

    private void Until(uint number)
    {
        for (; next < number && kept < MaxKept; next++)
        {
            if (!target.Objects.Resting.Contains(next))
            {
                Keep(next);
            }
        }

        next = number + 1;
    }

    private void End()
    {
        Until(target.NextInode);
        StoreBatch();
    }

    private void Keep(uint number)
    {
        if (target.IsRestore)
        {
            // It may have been given out after the backup, and somebody may have it open.
            target.Shard.Freed.Set((target.Now, number), Present.Value);
            kept++;
            target.Step();
            return;
        }

        batch.Add(number);
        kept++;
        if (batch.Count == InodeBatch.MaxInodes)
        {
            StoreBatch();
        }
    }

    private void StoreBatch()
    {
        if (batch.Count > 0)
        {
            target.Change(c =>
            {
                target.Shard.RecycledInodes.Set(c.NextRecycled, new InodeBatch([.. batch]));
                return c with { NextRecycled = c.NextRecycled + 1 };
            });
            target.Step();
            batch.Clear();
        }
    }
}

using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>What masters clear away by themselves (mfsmaster/filesystem.c: fs_univ_freeinodes, fs_univ_emptytrash, fs_univ_emptysustained, fs_mr_purge).</summary>
internal static class RemovalReplay
{
    // mfscommon/MFSCommunication.h: TRASH_BUCKETS, SUSTAINED_BUCKETS
    private const uint TrashBuckets = 4096;
    private const uint SustainedBuckets = 256;

    /// <summary>FREEINODES(delay):freed,still open,xor.</summary>
    public static void FreeInodes(ReplayTarget target, Change change)
    {
        var delay = change.UInt32("(");
        change.EndArguments();
        var (freed, open, sum) = (change.UInt32(":"), change.UInt32(), change.HasMore ? change.UInt32() : 0);
        change.End();
        uint nowFree = 0;
        uint stillOpen = 0;
        uint xor = 0;
        foreach (var key in target.Shard.Freed.All().Select(static f => f.Key).TakeWhile(k => (ulong)k.UnixSeconds + delay < change.Time).ToList())
        {
            xor ^= key.Inode;
            target.Shard.Freed.Remove(key);
            if (open > 0 && target.Shard.IsOpen(key.Inode))
            {
                stillOpen++;
                target.Shard.Freed.Set((change.Time, key.Inode), Present.Value);
            }
            else
            {
                nowFree++;
                target.NumberFreed(key.Inode);
            }
        }

        Compare(change, (freed, open, sum), (nowFree, stillOpen, xor));
    }

    /// <summary>EMPTYTRASH(bucket):freed,sustained[,marked],xor. Marks of chunks of files in the trash are not kept here.</summary>
    public static void EmptyTrash(ReplayTarget target, Change change)
    {
        var bucket = change.UInt32("(");
        change.EndArguments();
        var (freed, sustained, sum) = (change.UInt32(":"), change.UInt32(), change.HasMore ? change.UInt32() : 0);
        sum = change.HasMore ? change.UInt32() : sum;
        change.End();
        uint removed = 0;
        uint kept = 0;
        uint xor = 0;
        var due = target.Shard.TrashExpiry.All().Select(static t => t.Key).TakeWhile(k => k.UnixSeconds <= change.Time).Select(static k => k.Inode);
        foreach (var number in due.Where(n => bucket >= TrashBuckets || n % TrashBuckets == bucket).ToList())
        {
            xor ^= number;
            target.Shard.Purge(number, target.Object(change, number), change.Time);
            if (target.Shard.Inodes.Contains(number))
            {
                target.Archive.Follow(number, FileTimes.Change, change.Time);
                kept++;
            }
            else
            {
                removed++;
            }
        }

        Compare(change, (freed, sustained, sum), (removed, kept, xor));
    }

    /// <summary>EMPTYSUSTAINED(bucket):freed,xor.</summary>
    public static void EmptySustained(ReplayTarget target, Change change)
    {
        var bucket = change.UInt32("(");
        change.EndArguments();
        var (freed, sum) = (change.UInt32(":"), change.HasMore ? change.UInt32() : 0);
        change.End();
        uint removed = 0;
        uint xor = 0;
        foreach (var number in target.Shard.SustainedIdle.All().Select(static s => s.Key.Inode).Where(n => bucket >= SustainedBuckets || n % SustainedBuckets == bucket).ToList())
        {
            if (!target.Shard.IsOpen(number))
            {
                xor ^= number;
                removed++;
                target.Shard.Purge(number, target.Object(change, number), change.Time);
            }
        }

        Compare(change, (freed, 0, sum), (removed, 0, xor));
    }

    /// <summary>PURGE(inode); TRASH_REMOVE(inode) of 4.x does the same.</summary>
    public static void Purge(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        change.EndArguments();
        change.End();
        if (target.Object(change, number) is not { Type: NodeType.Trash } inode)
        {
            throw change.Mismatch($"inode {number} is not in the trash");
        }

        target.Shard.Purge(number, inode, change.Time);
        target.Archive.Follow(number, FileTimes.Change, change.Time);
    }

    private static void Compare(Change change, (uint Gone, uint Kept, uint Xor) expected, (uint Gone, uint Kept, uint Xor) found)
    {
        if (expected.Gone != found.Gone || expected.Kept != found.Kept || (expected.Xor != 0 && expected.Xor != found.Xor))
        {
            throw change.Mismatch($"{found.Gone} were removed and {found.Kept} kept, with the sum {found.Xor}");
        }
    }
}

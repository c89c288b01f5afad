using MfsHa.Metadata.Kernel;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>Unlinked files: in the trash, or sustained because somebody has them open (client-protocol 7.7).</content>
public sealed partial class NamespaceState
{
    private const ulong SecondsPerHour = 3600;

    /// <summary>
    /// Purges a trash or sustained file: a trash file that is open becomes sustained, everything else is removed
    /// (mfsmaster/filesystem.c: fsnodes_purge).
    /// </summary>
    public void Purge(uint number, Inode inode, uint now)
    {
        var detached = Detached.Require(number);
        var stays = inode.Type == NodeType.Trash && IsOpen(number);
        TakeFromQueue(number, inode, detached);
        CountDetached(inode, -1);
        if (stays)
        {
            var sustained = inode with { Type = NodeType.Sustained };
            Inodes.Set(number, sustained);
            Detached.Set(number, detached with { Queued = 0 });
            CountDetached(sustained, 1);
            return;
        }

        Detached.Remove(number);
        RemoveObject(number, inode, now);
    }

    /// <summary>Takes a detached file back to life as an ordinary one without entries; the caller attaches it at once.</summary>
    public Inode Revive(uint number, Inode inode)
    {
        TakeFromQueue(number, inode, Detached.Require(number));
        Detached.Remove(number);
        CountDetached(inode, -1);
        var counters = Counters;
        Counters = counters with { Files = counters.Files + 1 };
        var revived = inode with { Type = NodeType.File };
        Inodes.Set(number, revived);
        return revived;
    }

    /// <summary>Puts a trash file in its place in the expiry queue after its times or its retention changed.</summary>
    public void RequeueTrash(uint number, Inode inode)
    {
        var detached = Detached.Require(number);
        var due = ExpiryOf(inode);
        if (due == detached.Queued)
        {
            return;
        }

        TrashExpiry.Remove((detached.Queued, number));
        TrashExpiry.Set((due, number), Present.Value);
        Detached.Set(number, detached with { Queued = due });
    }

    /// <summary>
    /// Purges trash files whose time has come (mfsmaster/filesystem.c: fs_univ_empty_trash_part). Looks at <paramref name="limit"/> files at most
    /// and returns how many it looked at.
    /// </summary>
    public int ExpireTrash(int limit, uint now)
    {
        var due = DueIn(TrashExpiry, limit, now);
        foreach (var (_, number) in due)
        {
            var inode = Inodes.Require(number);
            if (ExpiryOf(inode) <= now)
            {
                Purge(number, inode, now);
            }
            else
            {
                // Somebody has used the file since it was queued.
                RequeueTrash(number, inode);
            }
        }

        return due.Count;
    }

    /// <summary>
    /// Removes sustained files that nobody has had open for <paramref name="grace"/> seconds. Looks at <paramref name="limit"/> files at most and
    /// returns how many it looked at.
    /// </summary>
    public int RemoveSustained(int limit, uint grace, uint now)
    {
        var due = DueIn(SustainedIdle, limit, now > grace ? now - grace : 0);
        foreach (var (since, number) in due)
        {
            if (!IsOpen(number))
            {
                Purge(number, Inodes.Require(number), now);
                continue;
            }

            SustainedIdle.Remove((since, number));
            Detached.Set(number, Detached.Require(number) with { Queued = 0 });
        }

        return due.Count;
    }

    /// <summary>True when a trash file may have to go.</summary>
    public bool HasTrashDue(uint now) => DueIn(TrashExpiry, 1, now).Count > 0;

    /// <summary>True when a sustained file may have to go.</summary>
    public bool HasSustainedDue(uint grace, uint now) => DueIn(SustainedIdle, 1, now > grace ? now - grace : 0).Count > 0;

    internal static uint ExpiryOf(Inode inode)
    {
        var last = Math.Max(inode.ChangeTime, Math.Max(inode.AccessTime, inode.ModificationTime));
        return (uint)Math.Min(last + (inode.TrashHours * SecondsPerHour) + 1, uint.MaxValue);
    }

    private static List<(uint UnixSeconds, uint Inode)> DueIn(
        Table<(uint UnixSeconds, uint Inode), Present, UInt32PairKey, MemoryPackValue<Present>> queue, int limit, uint until)
    {
        var due = new List<(uint UnixSeconds, uint Inode)>();
        foreach (var (key, _) in queue.All())
        {
            if (due.Count == limit || key.UnixSeconds > until)
            {
                break;
            }

            due.Add(key);
        }

        return due;
    }

    private void MoveToTrash(uint number, Inode inode, byte[] path)
    {
        var trash = inode with { Type = NodeType.Trash };
        var due = ExpiryOf(trash);
        Inodes.Set(number, trash);
        Detached.Set(number, new DetachedFile(path, due));
        TrashExpiry.Set((due, number), Present.Value);
        CountDetached(trash, 1);
        var counters = Counters;
        Counters = counters with { Files = counters.Files - 1 };
    }

    private void Sustain(uint number, Inode inode, byte[] path)
    {
        var sustained = inode with { Type = NodeType.Sustained };
        Inodes.Set(number, sustained);
        Detached.Set(number, new DetachedFile(path, Queued: 0));
        CountDetached(sustained, 1);
        var counters = Counters;
        Counters = counters with { Files = counters.Files - 1 };
    }

    internal void QueueIdle(uint number, uint now)
    {
        var detached = Detached.Require(number);
        if (detached.Queued == 0)
        {
            Detached.Set(number, detached with { Queued = now });
            SustainedIdle.Set((now, number), Present.Value);
        }
    }

    private void TakeFromQueue(uint number, Inode inode, DetachedFile detached)
    {
        if (detached.Queued == 0)
        {
            return;
        }

        if (inode.Type == NodeType.Trash)
        {
            TrashExpiry.Remove((detached.Queued, number));
        }
        else
        {
            SustainedIdle.Remove((detached.Queued, number));
        }
    }

    private void CountDetached(Inode inode, int sign)
    {
        var counters = Counters;
        var length = (long)inode.Length * sign;
        Counters = inode.Type == NodeType.Trash
            ? counters with { TrashFiles = counters.TrashFiles + sign, TrashLength = counters.TrashLength + length }
            : counters with { SustainedFiles = counters.SustainedFiles + sign, SustainedLength = counters.SustainedLength + length };
    }
}

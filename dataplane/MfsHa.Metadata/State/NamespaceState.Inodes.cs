using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.State;

/// <content>Numbers of objects: given out, laid to rest, given out again (metadata-format 10).</content>
public sealed partial class NamespaceState
{
    /// <summary>Largest inode number: meta mounts use the bits above for themselves (client-protocol 7.1).</summary>
    public const uint MaxInode = 0x1FFF_FFFF;

    /// <summary>True when another object can certainly be created.</summary>
    public bool HasFreeInode
    {
        get
        {
            var counters = Counters;
            return counters.NextInode <= MaxInode;
        }
    }

    /// <summary>True when so many objects can certainly be created.</summary>
    public bool HasFreeInodes(int count) => Counters.NextInode + (ulong)count <= MaxInode + 1UL;

    /// <summary>
    /// Lets numbers that were freed more than <see cref="Settings.InodeReuseDelay"/> ago be used again; those that a session still lists as open
    /// rest for another term. Looks at <paramref name="limit"/> numbers at most and returns how many it looked at.
    /// </summary>
    public int RecycleInodes(int limit, uint now)
    {
        var due = RestedInodes(limit, now);
        var ready = new List<uint>(due.Count);
        foreach (var key in due)
        {
            Freed.Remove(key);
            if (IsOpen(key.Inode))
            {
                Freed.Set((now, key.Inode), Present.Value);
            }
            else
            {
                ready.Add(key.Inode);
            }
        }

        ready.Sort();
        var counters = Counters;
        foreach (var numbers in ready.Chunk(InodeBatch.MaxInodes))
        {
            RecycledInodes.Set(counters.NextRecycled, new InodeBatch(numbers));
            counters = counters with { NextRecycled = counters.NextRecycled + 1 };
        }

        if (ready.Count > 0)
        {
            Counters = counters;
        }

        return due.Count;
    }

    /// <summary>True when at least one number has rested long enough.</summary>
    public bool HasInodesToRecycle(uint now) => RestedInodes(1, now).Count > 0;

    private List<(uint UnixSeconds, uint Inode)> RestedInodes(int limit, uint now)
    {
        var due = new List<(uint UnixSeconds, uint Inode)>();
        var delay = Settings.InodeReuseDelay;
        foreach (var (key, _) in Freed.All())
        {
            if (due.Count == limit || (ulong)key.UnixSeconds + delay >= now)
            {
                break;
            }

            due.Add(key);
        }

        return due;
    }

    /// <summary>Steps over numbers of inodes and chunks that lost commands may have given out; where inode numbers are rare, over fewer.</summary>
    internal void StepOverNumbers()
    {
        const int SteppedRanges = 16;
        const uint LastOfRange = 0xFFFF;
        const uint Spared = 1 << 24;
        var counters = Counters;
        var next = counters.NextInode;
        for (var range = 0; range < SteppedRanges && next < MaxInode - Spared; range++)
        {
            next = Reach?.Layout.Following(next | LastOfRange) ?? (next | LastOfRange) + 1;
        }

        Counters = counters with { NextInode = next, NextChunk = counters.NextChunk + AdoptUnknownChunks.MaxAhead };
    }

    /// <summary>A number that no other object gets; <see cref="HasFreeInode"/> must have been asked.</summary>
    internal uint SetInodeAside(uint now)
    {
        var counters = Counters;
        var number = TakeInode(ref counters, now);
        Counters = counters;
        return number;
    }

    private uint TakeInode(ref Counters counters, uint now)
    {
        while (counters.FirstRecycled != counters.NextRecycled)
        {
            var number = TakeRecycled(ref counters);
            if (!IsOpen(number))
            {
                return number;
            }

            // A client still knows the object that had this number.
            Freed.Set((now, number), Present.Value);
        }

        var next = counters.NextInode;
        if (next > MaxInode)
        {
            throw new InvariantException("no inode number is free and nobody has asked before");
        }

        counters = counters with { NextInode = Reach?.Layout.Following(next) ?? next + 1 };
        return next;
    }

    private uint TakeRecycled(ref Counters counters)
    {
        var batch = RecycledInodes.Require(counters.FirstRecycled).Inodes;
        var number = batch[counters.RecycledTaken];
        if (counters.RecycledTaken + 1 < batch.Length)
        {
            counters = counters with { RecycledTaken = counters.RecycledTaken + 1 };
        }
        else
        {
            RecycledInodes.Remove(counters.FirstRecycled);
            counters = counters with { FirstRecycled = counters.FirstRecycled + 1, RecycledTaken = 0 };
        }

        return number;
    }
}

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>
/// Chunks that are to be looked at: at once, later, or when limits permit what they need, by priority. A chunk is in it once. Bounded: what is refused is found by
/// the loop over all chunks. Thread-safe.
/// </summary>
public sealed class CareQueue(TimeProvider clock)
{
    /// <summary>Most chunks in it (PRIORITY_QUEUES_LENGTH is 1,000,000 for all classes of mfsmaster).</summary>
    public const int Limit = 262_144;

    private readonly Lock gate = new();
    private readonly HashSet<ulong> all = [];
    private readonly Queue<ulong> fresh = new();
    private readonly PriorityQueue<ulong, long> later = new();
    private readonly Queue<ulong>[] waiting = [.. Enum.GetValues<CarePriority>().Select(static _ => new Queue<ulong>())];
    private bool overflowed;

    /// <summary>How many are in it.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return all.Count;
            }
        }
    }

    /// <summary>True when nothing is in it but what is to be looked at later.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
            {
                return fresh.Count == 0 && waiting.All(static q => q.Count == 0);
            }
        }
    }

    /// <summary>How many wait for limits.</summary>
    public int CountOf(CarePriority priority)
    {
        lock (gate)
        {
            return waiting[(int)priority].Count;
        }
    }

    /// <summary>Adds a chunk that is to be looked at at once.</summary>
    public void Add(ulong chunk)
    {
        lock (gate)
        {
            if (IsNew(chunk))
            {
                fresh.Enqueue(chunk);
            }
        }
    }

    /// <summary>Adds a chunk that is to be looked at after a time.</summary>
    public void AddLater(ulong chunk, TimeSpan delay)
    {
        lock (gate)
        {
            if (IsNew(chunk))
            {
                later.Enqueue(chunk, clock.GetTimestamp() + (long)(delay.TotalSeconds * clock.TimestampFrequency));
            }
        }
    }

    /// <summary>Adds a chunk that waits for limits.</summary>
    public void AddWaiting(ulong chunk, CarePriority priority)
    {
        lock (gate)
        {
            if (IsNew(chunk))
            {
                waiting[(int)priority].Enqueue(chunk);
            }
        }
    }

    /// <summary>Takes out the next ones that wait for limits.</summary>
    public List<ulong> TakeWaiting(CarePriority priority, int most)
    {
        lock (gate)
        {
            return Take(waiting[(int)priority], most);
        }
    }

    /// <summary>Takes out the next ones that are to be looked at now.</summary>
    public List<ulong> TakeFresh(int most)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            while (later.TryPeek(out _, out var due) && due <= now)
            {
                fresh.Enqueue(later.Dequeue());
            }

            return Take(fresh, most);
        }
    }

    /// <summary>True, once, when chunks were refused since the last call.</summary>
    public bool TakeOverflow()
    {
        lock (gate)
        {
            var had = overflowed;
            overflowed = false;
            return had;
        }
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        lock (gate)
        {
            all.Clear();
            fresh.Clear();
            later.Clear();
            Array.ForEach(waiting, static q => q.Clear());
            overflowed = false;
        }
    }

    private bool IsNew(ulong chunk)
    {
        if (all.Count >= Limit)
        {
            overflowed |= !all.Contains(chunk);
            return false;
        }

        return all.Add(chunk);
    }

    private List<ulong> Take(Queue<ulong> queue, int most)
    {
        var taken = new List<ulong>(Math.Min(most, queue.Count));
        while (taken.Count < most && queue.TryDequeue(out var chunk))
        {
            all.Remove(chunk);
            taken.Add(chunk);
        }

        return taken;
    }
}

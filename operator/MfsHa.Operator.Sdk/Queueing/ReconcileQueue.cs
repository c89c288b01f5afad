using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Sdk.Queueing;

/// <summary>
/// Which entities have to be looked at. Each is in it once at most and is worked on by one worker at a time; what becomes due while it is worked on is due again
/// afterwards. Bounded by the number of entities, and by <paramref name="capacity"/>. Thread-safe.
/// </summary>
/// <param name="clock">What time it is.</param>
/// <param name="capacity">Most entities; what is refused comes with the next resync.</param>
public sealed class ReconcileQueue(TimeProvider clock, int capacity)
{
    private static readonly TimeSpan _firstBackOff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _lastBackOff = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, long> _due = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];
    private readonly HashSet<ObjectKey> _working = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _due.Count;
            }
        }
    }

    /// <summary>An entity is due after a time, or earlier if it is already; false: the queue is full.</summary>
    public bool Add(ObjectKey key, TimeSpan after)
    {
        lock (_lock)
        {
            long at = clock.GetUtcNow().UtcTicks + after.Ticks;
            if (_due.TryGetValue(key, out long known))
            {
                at = Math.Min(at, known);
            }
            else if (_due.Count >= capacity)
            {
                return false;
            }

            _due[key] = at;
            Wake();
            return true;
        }
    }

    /// <summary>Waits for an entity that is due and that nobody works on; <see cref="Done"/> has to follow.</summary>
    public async Task<ObjectKey> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            TimeSpan wait = Timeout.InfiniteTimeSpan;
            Task changed;
            lock (_lock)
            {
                long now = clock.GetUtcNow().UtcTicks;
                changed = _changed.Task;
                ObjectKey? first = null;
                long firstAt = long.MaxValue;
                foreach ((ObjectKey key, long at) in _due)
                {
                    if (at < firstAt && !_working.Contains(key))
                    {
                        (first, firstAt) = (key, at);
                    }
                }

                if (first is not null && firstAt <= now)
                {
                    _ = _due.Remove(first);
                    _ = _working.Add(first);
                    return first;
                }

                if (first is not null)
                {
                    wait = TimeSpan.FromTicks(firstAt - now);
                }
            }

            try
            {
                await changed.WaitAsync(wait, clock, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Something is due.
            }
        }
    }

    /// <summary>A pass over an entity has ended.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="isSuccess">False: it comes again, later and later.</param>
    /// <param name="again">When it comes again after a success; null: when something changes.</param>
    public void Done(ObjectKey key, bool isSuccess, TimeSpan? again)
    {
        TimeSpan? after = again;
        lock (_lock)
        {
            _ = _working.Remove(key);
            if (isSuccess)
            {
                _ = _failures.Remove(key);
            }
            else
            {
                int failures = _failures[key] = Math.Min(_failures.GetValueOrDefault(key) + 1, 30);
                after = TimeSpan.FromTicks(Math.Min(_firstBackOff.Ticks << Math.Min(failures - 1, 10), _lastBackOff.Ticks));
            }

            Wake();
        }

        if (after is { } time)
        {
            _ = Add(key, time);
        }
    }

    private void Wake()
    {
        TaskCompletionSource former = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = former.TrySetResult();
    }
}

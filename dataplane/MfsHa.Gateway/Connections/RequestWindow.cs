namespace MfsHa.Gateway.Connections;

/// <summary>
/// The requests of one connection that are in work: how many, and whether one has been for too long. Ages are counted by second, so that a
/// request costs no timer. Thread-safe.
/// </summary>
internal sealed class RequestWindow(int limit)
{
    /// <summary>Place of a request that waits for other clients, such as a blocking lock: it has no age and takes no room.</summary>
    public const int Parked = -1;

    /// <summary>Most parked requests: more threads than a client can have (client-protocol 1.2).</summary>
    public const int MaxParked = 1 << 16;

    /// <summary>A power of two above the longest deadline in seconds.</summary>
    private const int Seconds = 128;

    private readonly int[] openBySecond = new int[Seconds];
    private readonly Lock gate = new();
    private TaskCompletionSource? roomAwaited;
    private TaskCompletionSource? emptyAwaited;
    private int open;
    private int parked;

    /// <summary>True when no more requests should be begun.</summary>
    public bool IsFull => Volatile.Read(ref open) >= limit;

    /// <summary>Requests in work.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>Begins a request; returns what <see cref="End"/> must be told.</summary>
    /// <param name="second">Now, in seconds of a clock that never goes back.</param>
    public int Begin(long second)
    {
        Interlocked.Increment(ref open);
        var place = (int)(second & (Seconds - 1));
        Interlocked.Increment(ref openBySecond[place]);
        return place;
    }

    /// <summary>
    /// A request waits for what other requests do, perhaps of the same client: it must not take their room. Returns what <see cref="End"/> must be told;
    /// null when too many wait.
    /// </summary>
    public int? Park(int place)
    {
        if (place == Parked)
        {
            return Parked;
        }

        if (Interlocked.Increment(ref parked) > MaxParked)
        {
            Interlocked.Decrement(ref parked);
            return null;
        }

        Leave(place);
        return Parked;
    }

    /// <summary>Ends a request.</summary>
    public void End(int place)
    {
        if (place != Parked)
        {
            Leave(place);
        }
        else if (Interlocked.Decrement(ref parked) == 0)
        {
            Wake();
        }
    }

    /// <summary>True when a request was begun at or before <paramref name="second"/> and is still in work.</summary>
    public bool HasOlder(long second, long now)
    {
        for (var at = second; at > now - Seconds && at >= 0; at--)
        {
            if (Volatile.Read(ref openBySecond[at & (Seconds - 1)]) > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Completes when another request may be begun.</summary>
    public Task WaitForRoomAsync() => WaitAsync(ref roomAwaited, static w => !w.IsFull);

    /// <summary>Completes when nothing is in work or parked.</summary>
    public Task WaitUntilEmptyAsync() => WaitAsync(ref emptyAwaited, static w => w.IsEmpty);

    private bool IsEmpty => Volatile.Read(ref open) == 0 && Volatile.Read(ref parked) == 0;

    private void Leave(int place)
    {
        Interlocked.Decrement(ref openBySecond[place]);
        var left = Interlocked.Decrement(ref open);
        if (left == 0 || left == limit - 1)
        {
            Wake();
        }
    }

    private Task WaitAsync(ref TaskCompletionSource? awaited, Func<RequestWindow, bool> isOver)
    {
        lock (gate)
        {
            if (isOver(this))
            {
                return Task.CompletedTask;
            }

            awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var task = awaited.Task;

            // A request may have ended between the question and the note that somebody waits; End asks for waiters only after counting.
            if (isOver(this))
            {
                awaited.TrySetResult();
                awaited = null;
            }

            return task;
        }
    }

    private void Wake()
    {
        lock (gate)
        {
            if (!IsFull)
            {
                roomAwaited?.TrySetResult();
                roomAwaited = null;
            }

            if (IsEmpty)
            {
                emptyAwaited?.TrySetResult();
                emptyAwaited = null;
            }
        }
    }
}

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>
/// Everything that happens in a simulation, in the order of its time, on one thread: it is also the clock and the place where asynchronous code goes on.
/// </summary>
internal sealed class EventQueue : TimeProvider
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private readonly PriorityQueue<Action, (long Time, long Order)> events = new();
    private long order;

    /// <summary>Milliseconds since the beginning.</summary>
    public long Now { get; private set; } = 1000;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1000;

    public void At(long milliseconds, Action action) => events.Enqueue(action, (Now + milliseconds, order++));

    /// <summary>Lets the next thing happen; false when there is none.</summary>
    public bool Step()
    {
        if (!events.TryDequeue(out var action, out var place))
        {
            return false;
        }

        Now = Math.Max(Now, place.Time);
        action();
        return true;
    }

    public Task Delay(long milliseconds)
    {
        var source = new TaskCompletionSource();
        At(milliseconds, source.SetResult);
        return source.Task;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => Now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Epoch.AddMilliseconds(Now);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(this, () => callback(state), dueTime, period);

    private sealed class Timer : ITimer
    {
        private readonly EventQueue queue;
        private readonly Action callback;
        private int generation;

        public Timer(EventQueue queue, Action callback, TimeSpan dueTime, TimeSpan period)
        {
            (this.queue, this.callback) = (queue, callback);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var mine = ++generation;
            if (period > TimeSpan.Zero)
            {
                throw new NotSupportedException("no code under simulation repeats a timer");
            }

            if (dueTime >= TimeSpan.Zero)
            {
                queue.At((long)dueTime.TotalMilliseconds, () =>
                {
                    if (mine == generation)
                    {
                        callback();
                    }
                });
            }

            return true;
        }

        public void Dispose() => generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

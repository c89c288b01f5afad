namespace MfsHa.Demo.Load;

/// <summary>
/// Measures operations as the client sees them, from before the call until it has returned: how many a second, how long the longest of each
/// time slice took, and the longest since a mark. One worker of each kind.
/// </summary>
public sealed class OperationMeter(TimeProvider clock)
{
    private const int Kinds = 2;

    /// <summary>Slices that are remembered: twice as many as a screen is wide.</summary>
    private const int RememberedSlices = 512;
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly long?[] running = new long?[Kinds];
    private readonly TimeSpan[] longest = new TimeSpan[Kinds];
    private readonly Slice[] slices = new Slice[RememberedSlices];
    private long total;
    private long last;

    /// <summary>The time that one bar of the picture stands for.</summary>
    public static TimeSpan SliceLength { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>All operations that have returned.</summary>
    public long Total
    {
        get
        {
            lock (gate)
            {
                return total;
            }
        }
    }

    public void Begin(OperationKind kind)
    {
        lock (gate)
        {
            running[(int)kind] = clock.GetTimestamp();
        }
    }

    public void End(OperationKind kind)
    {
        lock (gate)
        {
            var begin = running[(int)kind] ?? throw new InvalidOperationException("not begun");
            running[(int)kind] = null;
            total++;
            last = Now();
            SliceOf(last).Count++;
            longest[(int)kind] = Max(longest[(int)kind], clock.GetElapsedTime(begin));
            Fill(begin);
        }
    }

    /// <summary>
    /// Operations that end from now on count for <see cref="Longest"/>, with the whole of their time: what was on its way when the leader
    /// died is what matters.
    /// </summary>
    public void Mark()
    {
        lock (gate)
        {
            Array.Clear(longest);
        }
    }

    /// <summary>The longest operation of a kind since <see cref="Mark"/>; one that has not returned yet counts as long as it has been waiting.</summary>
    public TimeSpan Longest(OperationKind kind)
    {
        lock (gate)
        {
            return Max(longest[(int)kind], Waiting((int)kind));
        }
    }

    /// <summary>Whether an operation that began before a time is still waiting.</summary>
    /// <param name="timestamp">Of the clock.</param>
    public bool IsWaitingSince(long timestamp)
    {
        lock (gate)
        {
            return running.Any(start => start <= timestamp);
        }
    }

    /// <summary>What there is to show now: the last <paramref name="bars"/> slices, oldest first.</summary>
    public (double Rate, TimeSpan Waiting, IReadOnlyList<TimeSpan> Bars) Show(int bars)
    {
        lock (gate)
        {
            foreach (var begin in running.OfType<long>())
            {
                Fill(begin);
            }
            var now = Now();
            var window = (int)(RateWindow / SliceLength);
            var rate = Enumerable.Range(1, window).Sum(back => Count(now - back)) / RateWindow.TotalSeconds;
            var waiting = Max(Waiting(0), Waiting(1));
            // When nobody works any more the picture stands still.
            var end = waiting > TimeSpan.Zero || now - last <= window ? now : last;
            return (rate, waiting, [.. Enumerable.Range(0, Math.Min(bars, RememberedSlices / 2)).Select(back => Peek(end - back)).Reverse()]);
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private long Now() => (long)(clock.GetElapsedTime(0, clock.GetTimestamp()) / SliceLength);

    private TimeSpan Waiting(int kind) => running[kind] is { } start ? clock.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>Every slice since an operation began knows how long that one had been waiting at the slice's end, or now.</summary>
    private void Fill(long begin)
    {
        var (start, now) = (clock.GetElapsedTime(0, begin), clock.GetElapsedTime(0, clock.GetTimestamp()));
        var newest = (long)(now / SliceLength);
        for (var number = Math.Max((long)(start / SliceLength), newest - (RememberedSlices / 2)); number <= newest; number++)
        {
            var end = SliceLength * (number + 1);
            ref var slice = ref SliceOf(number);
            slice.Longest = Max(slice.Longest, (end < now ? end : now) - start);
        }
    }

    private int Count(long number)
        => number >= 0 && slices[number % RememberedSlices] is var slice && slice.Number == number ? slice.Count : 0;

    private TimeSpan Peek(long number)
        => number >= 0 && slices[number % RememberedSlices] is var slice && slice.Number == number ? slice.Longest : TimeSpan.Zero;

    // A ring: what it holds of an older turn is forgotten.
    private ref Slice SliceOf(long number)
    {
        ref var slice = ref slices[number % RememberedSlices];
        if (slice.Number < number)
        {
            slice = new Slice { Number = number };
        }
        return ref slice;
    }

    private struct Slice
    {
        public long Number;
        public int Count;
        public TimeSpan Longest;
    }
}

using System.Diagnostics;
using MfsHa.Consensus.Snapshots;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MfsHa.Consensus.Tests.Snapshots;

public sealed class ByteRateTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly CountingClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_limit_nobody_waits()
    {
        var rate = new ByteRate(_clock);
        for (var i = 0; i < 100; i++)
        {
            await rate.TakeAsync(1 << 20, Cancellation);
        }

        Assert.Equal(0, _clock.Timers);
    }

    [Fact]
    public async Task What_was_taken_is_paid_for_by_time_and_what_was_returned_is_not()
    {
        var rate = new ByteRate(_clock) { Limit = 1000 };
        await rate.TakeAsync(1000, Cancellation);
        rate.Return(500);
        var next = rate.TakeAsync(2000, Cancellation).AsTask();
        await WaitsAsync(timers: 1);
        await StaysAsync(next, TimeSpan.FromMilliseconds(499));
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        await next.WaitAsync(Limit, Cancellation);

        var last = rate.TakeAsync(1, Cancellation).AsTask();
        await WaitsAsync(timers: 2);
        await StaysAsync(last, TimeSpan.FromMilliseconds(1900));
        _clock.Advance(TimeSpan.FromMilliseconds(101));
        await last.WaitAsync(Limit, Cancellation);
    }

    [Fact]
    public async Task Takers_have_their_turns_in_order()
    {
        var rate = new ByteRate(_clock) { Limit = 1000 };
        Task[] takers = [.. Enumerable.Range(0, 4).Select(_ => rate.TakeAsync(1000, Cancellation).AsTask())];
        for (var done = 1; done < takers.Length; done++)
        {
            await takers[done - 1].WaitAsync(Limit, Cancellation);
            await WaitsAsync(timers: done);
            Assert.All(takers[done..], static t => Assert.False(t.IsCompleted));
            _clock.Advance(TimeSpan.FromMilliseconds(1001));
        }

        await takers[^1].WaitAsync(Limit, Cancellation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public async Task A_new_limit_counts_at_once_for_who_waits(long limit)
    {
        var rate = new ByteRate(_clock) { Limit = 100 };
        await rate.TakeAsync(1000, Cancellation);
        var waiting = rate.TakeAsync(1, Cancellation).AsTask();
        await WaitsAsync(timers: 1);
        await StaysAsync(waiting, TimeSpan.FromSeconds(1));
        rate.Limit = limit;
        if (limit > 0)
        {
            await WaitsAsync(timers: 2);
            _clock.Advance(TimeSpan.FromMilliseconds(2));
        }

        await waiting.WaitAsync(Limit, Cancellation);
    }

    [Fact]
    public async Task Who_gives_up_holds_up_nobody()
    {
        var rate = new ByteRate(_clock) { Limit = 1000 };
        await rate.TakeAsync(1000, Cancellation);
        using var given = new CancellationTokenSource();
        var first = rate.TakeAsync(1000, given.Token).AsTask();
        await WaitsAsync(timers: 1);
        var second = rate.TakeAsync(1000, Cancellation).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await WaitsAsync(timers: 2);
        _clock.Advance(TimeSpan.FromMilliseconds(1001));
        await second.WaitAsync(Limit, Cancellation);
    }

    private async Task StaysAsync(Task task, TimeSpan span)
    {
        _clock.Advance(span);
        await Task.Delay(20, Cancellation); // a chance to be wrong
        Assert.False(task.IsCompleted);
    }

    // Somebody waits for the clock: from then on it may be moved.
    private async Task WaitsAsync(int timers)
    {
        var begun = Stopwatch.GetTimestamp();
        while (_clock.Timers < timers)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit, $"{_clock.Timers} have waited for the clock, not {timers}");
            await Task.Delay(1, Cancellation);
        }
    }

    private sealed class CountingClock : FakeTimeProvider
    {
        private int _timers;

        /// <summary>Timers that have been set so far.</summary>
        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }
}

using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Queueing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MfsHa.Operator.Tests.Sdk;

public sealed class ReconcileQueueTests
{
    private static readonly ObjectKey _a = new("ns", "a");
    private static readonly ObjectKey _b = new("ns", "b");
    private readonly FakeTimeProvider _clock = new();
    private readonly ReconcileQueue _queue;

    public ReconcileQueueTests() => _queue = new ReconcileQueue(_clock, capacity: 2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entity_that_changes_while_it_is_worked_on_comes_again_but_not_at_the_same_time()
    {
        Assert.True(_queue.Add(_a, TimeSpan.Zero));
        Assert.True(_queue.Add(_a, TimeSpan.Zero));
        Assert.Equal(_a, await _queue.TakeAsync(Cancellation));
        Assert.True(_queue.Add(_a, TimeSpan.Zero));
        Task<ObjectKey> again = _queue.TakeAsync(Cancellation);
        Assert.False(again.IsCompleted);
        _queue.Done(_a, isSuccess: true, again: null);
        Assert.Equal(_a, await again);
        _queue.Done(_a, isSuccess: true, again: null);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Of_two_times_the_earlier_counts()
    {
        Assert.True(_queue.Add(_a, TimeSpan.FromMinutes(1)));
        Assert.True(_queue.Add(_a, TimeSpan.FromSeconds(1)));
        Assert.True(_queue.Add(_a, TimeSpan.FromMinutes(2)));
        Task<ObjectKey> taken = _queue.TakeAsync(Cancellation);
        _clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(taken.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(_a, await taken);
    }

    [Fact]
    public async Task Failures_come_again_later_and_later_and_a_success_forgets_them()
    {
        TimeSpan[] expected = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];
        Assert.True(_queue.Add(_a, TimeSpan.Zero));
        Assert.Equal(_a, await _queue.TakeAsync(Cancellation));
        foreach (TimeSpan pause in expected)
        {
            _queue.Done(_a, isSuccess: false, again: null);
            Task<ObjectKey> taken = _queue.TakeAsync(Cancellation);
            _clock.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.False(taken.IsCompleted);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(_a, await taken);
        }

        _queue.Done(_a, isSuccess: true, again: TimeSpan.FromSeconds(15));
        Task<ObjectKey> next = _queue.TakeAsync(Cancellation);
        _clock.Advance(TimeSpan.FromSeconds(14));
        Assert.False(next.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(_a, await next);
    }

    [Fact]
    public void It_has_a_limit()
    {
        Assert.True(_queue.Add(_a, TimeSpan.Zero));
        Assert.True(_queue.Add(_b, TimeSpan.Zero));
        Assert.False(_queue.Add(new ObjectKey("ns", "c"), TimeSpan.Zero));
        Assert.True(_queue.Add(_b, TimeSpan.Zero));
    }
}

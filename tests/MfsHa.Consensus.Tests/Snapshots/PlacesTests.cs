using MfsHa.Consensus.Snapshots;
using Xunit;

namespace MfsHa.Consensus.Tests.Snapshots;

public sealed class PlacesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Others_wait_in_order_until_a_place_is_left()
    {
        var places = new Places(2);
        var first = await places.EnterAsync(Cancellation);
        using var second = await places.EnterAsync(Cancellation);
        var third = places.EnterAsync(Cancellation).AsTask();
        var fourth = places.EnterAsync(Cancellation).AsTask();
        Assert.Equal((false, false), (third.IsCompleted, fourth.IsCompleted));
        first.Dispose();
        first.Dispose(); // leaves once
        using var entered = await third.WaitAsync(TimeSpan.FromSeconds(5), Cancellation);
        Assert.False(fourth.IsCompleted);
        second.Dispose();
        (await fourth.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_greater_limit_lets_in_at_once_and_a_smaller_one_throws_nobody_out()
    {
        var places = new Places(1);
        var first = await places.EnterAsync(Cancellation);
        var second = places.EnterAsync(Cancellation).AsTask();
        places.Limit = 2;
        (await second.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)).Dispose();
        var third = await places.EnterAsync(Cancellation);
        places.Limit = 1;
        var fourth = places.EnterAsync(Cancellation).AsTask();
        first.Dispose();
        Assert.False(fourth.IsCompleted); // the third one is still there
        third.Dispose();
        (await fourth.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)).Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => places.Limit = 0);
    }

    [Fact]
    public async Task Who_gives_up_takes_no_place()
    {
        var places = new Places(1);
        var first = await places.EnterAsync(Cancellation);
        using var given = new CancellationTokenSource();
        var second = places.EnterAsync(given.Token).AsTask();
        var third = places.EnterAsync(Cancellation).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)).Dispose();
        (await places.EnterAsync(Cancellation)).Dispose();
    }
}

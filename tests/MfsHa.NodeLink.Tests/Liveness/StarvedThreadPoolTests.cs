using MfsHa.NodeLink.Tests.Support;
using Xunit;

namespace MfsHa.NodeLink.Tests.Liveness;

/// <summary>Alone, because it takes the thread pool away from everybody.</summary>
[CollectionDefinition(nameof(StarvedThreadPoolTests), DisableParallelization = true)]
[Collection(nameof(StarvedThreadPoolTests))]
public sealed class StarvedThreadPoolTests
{
    [Fact]
    public async Task A_starved_thread_pool_does_not_make_peers_dead()
    {
        await using var a = new TestNode(1);
        await using var b = new TestNode(2);
        await a.MeetAsync(2, b.Port);
        await b.MeetAsync(1, a.Port);
        var down = 0;
        a.Host.Liveness.Changed += (_, alive) => down += alive ? 0 : 1;
        b.Host.Liveness.Changed += (_, alive) => down += alive ? 0 : 1;

        // Far more blocking work than the pool has or adds threads; watched from a thread of its own.
        var release = new ManualResetEventSlim(false);
        for (var i = 0; i < 200; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.Wait(), null);
        var pooled = new ManualResetEventSlim(false);
        ThreadPool.UnsafeQueueUserWorkItem(_ => pooled.Set(), null);
        var starved = true;
        var watcher = new Thread(() =>
        {
            starved = !pooled.Wait(1000);
            release.Set();
        });
        watcher.Start();
        watcher.Join();

        Assert.True(starved, "the pool was not starved: the test shows nothing");
        Assert.Equal(0, down);
        Assert.True(a.Sees(2) && b.Sees(1));
    }
}

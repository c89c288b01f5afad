using System.Diagnostics;
using Xunit;

namespace MfsHa.NodeLink.Tests;

public sealed class ThreadShareTests
{
    private const int Here = 7;
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    [Fact]
    public void A_loop_without_a_break_uses_its_share_up()
    {
        var share = new ThreadShare();
        Assert.False(share.IsUsedUp(Here, 1000));
        share.Rest(1000 + (Millisecond / 2));
        Assert.False(share.IsUsedUp(Here, 1000 + (Millisecond / 2)));
        share.Rest(1000 + (2 * Millisecond));
        Assert.True(share.IsUsedUp(Here, 1000 + (2 * Millisecond)));
    }

    [Fact]
    public void A_break_begins_anew()
    {
        var share = new ThreadShare();
        Assert.False(share.IsUsedUp(Here, 1000));
        share.Rest(1000 + (2 * Millisecond));
        Assert.False(share.IsUsedUp(Here, 1000 + (3 * Millisecond)));
    }

    [Fact]
    public void Another_thread_begins_anew()
    {
        var share = new ThreadShare();
        Assert.False(share.IsUsedUp(Here, 1000));
        share.Rest(1000 + (2 * Millisecond));
        Assert.False(share.IsUsedUp(Here + 1, 1000 + (2 * Millisecond)));
    }
}

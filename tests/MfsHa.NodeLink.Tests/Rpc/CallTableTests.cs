using MfsHa.NodeLink.Rpc;
using Xunit;

namespace MfsHa.NodeLink.Tests.Rpc;

public sealed class CallTableTests
{
    [Fact]
    public void A_late_reply_does_not_meet_the_next_call_of_its_slot()
    {
        var table = new CallTable(1);
        var first = new PendingCall(isShort: false);
        Assert.True(table.TryAdd(first));
        Assert.Same(first, table.Take(first.Id));
        var second = new PendingCall(isShort: false);
        Assert.True(table.TryAdd(second));
        Assert.Null(table.Take(first.Id));
        Assert.Same(second, table.Take(second.Id));
        Assert.Null(table.Take(second.Id));
    }

    [Fact]
    public void More_calls_than_the_capacity_are_refused()
    {
        var table = new CallTable(3);
        var calls = Enumerable.Range(0, 3).Select(_ => new PendingCall(isShort: false)).ToList();
        Assert.All(calls, call => Assert.True(table.TryAdd(call)));
        Assert.Equal(3, calls.Select(call => call.Id).Distinct().Count());
        Assert.False(table.TryAdd(new PendingCall(isShort: false)));
        table.Take(calls[1].Id);
        Assert.True(table.TryAdd(new PendingCall(isShort: false)));
    }

    [Fact]
    public void After_closing_nothing_waits_and_nothing_is_added()
    {
        var table = new CallTable(3);
        var call = new PendingCall(isShort: false);
        table.TryAdd(call);
        Assert.Same(call, Assert.Single(table.Close()));
        Assert.Null(table.Take(call.Id));
        Assert.False(table.TryAdd(new PendingCall(isShort: false)));
    }

    [Fact]
    public void Ids_nobody_gave_out_are_unknown()
    {
        var table = new CallTable(3);
        foreach (var id in new uint[] { 0, 1, 0xFFFF, 0x10000, uint.MaxValue })
            Assert.False(table.Contains(id));
    }
}

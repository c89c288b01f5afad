using MfsHa.Cluster.Chunks;
using MfsHa.Cluster.Chunks.Care;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MfsHa.Cluster.Tests.Chunks.Care;

public sealed class CareQueueTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Chunk_is_in_it_once()
    {
        var queue = new CareQueue(clock);
        queue.Add(1);
        queue.AddWaiting(1, CarePriority.Deletion);
        queue.Add(1);
        Assert.Equal([1ul], queue.TakeFresh(10));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Later_is_later()
    {
        var queue = new CareQueue(clock);
        queue.AddLater(1, TimeSpan.FromSeconds(3));
        Assert.Empty(queue.TakeFresh(10));
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([1ul], queue.TakeFresh(10));
    }

    [Fact]
    public void Full_queue_says_so_once()
    {
        var queue = new CareQueue(clock);
        for (ulong i = 0; i <= CareQueue.Limit; i++)
        {
            queue.Add(i);
        }

        Assert.Equal(CareQueue.Limit, queue.Count);
        Assert.True(queue.TakeOverflow());
        Assert.False(queue.TakeOverflow());
    }

    [Fact]
    public void Limits_are_kept_and_deletions_that_wait_raise_theirs()
    {
        var ledger = new CareLedger(new CarePaceSource(new CarePace { SoftDeletions = 2, HardDeletions = 5 }));
        ledger.BeginReplication(1, 2);
        ledger.BeginReplication(1, 2);
        Assert.False(ledger.MayWrite(2, ReplicationKind.Endangered));
        Assert.True(ledger.MayRead(1, ReplicationKind.Endangered));
        ledger.EndReplication(1, 2);
        Assert.True(ledger.MayWrite(2, ReplicationKind.Endangered));
        Assert.False(ledger.MayWrite(2, ReplicationKind.Undergoal));
        ledger.BeginDeletion(3);
        ledger.BeginDeletion(3);
        Assert.False(ledger.MayDelete(3));
        ledger.Adapt(deletionsWait: true);
        Assert.True(ledger.MayDelete(3));
        for (var i = 0; i < 10; i++)
        {
            ledger.Adapt(deletionsWait: true);
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.True(ledger.MayDelete(3));
            ledger.BeginDeletion(3);
        }

        Assert.False(ledger.MayDelete(3));
        ledger.Adapt(deletionsWait: false);
        Assert.False(ledger.MayDelete(3));
    }

    [Fact]
    public void Orders_of_an_earlier_term_do_not_follow_those_of_a_later_one()
    {
        var fence = new OrderFence();
        Assert.True(fence.Admits(Order(group: 1, term: 3)));
        Assert.True(fence.Admits(Order(group: 1, term: 5)));
        Assert.False(fence.Admits(Order(group: 1, term: 3)));
        Assert.True(fence.Admits(Order(group: 2, term: 1)));
        Assert.True(fence.Admits(Order(group: 1, term: 5)));
    }

    private static ChunkCommand Order(ushort group, long term) =>
        new() { Kind = ChunkCommandKind.Delete, Server = 1, Chunk = 1, Version = 1, Group = group, Term = term };
}

using MfsHa.Consensus.Reads;
using MfsHa.NodeLink;
using Xunit;

namespace MfsHa.Consensus.Tests.Reads;

public sealed class LeaseBookTests
{
    private const long Quiet = 10;
    private static readonly NodeId Two = new(2);
    private static readonly NodeId Three = new(3);
    private readonly LeaseBook book = new(Quiet);

    [Fact]
    public void A_change_finds_the_leases_that_are_out()
    {
        Assert.NotNull(Give(Two, now: 0, until: 100));
        Assert.NotNull(Give(Three, now: 0, until: 50));
        var lease = Assert.Single(book.BeginChange(now: 60));
        Assert.Equal((Two, 7, 100), (lease.Holder, lease.Term, lease.Until));
        Assert.Equal(100, book.LastEnd);
    }

    [Fact]
    public void None_is_given_while_a_change_is_under_way_nor_shortly_after_it()
    {
        book.BeginChange(now: 0);
        book.BeginChange(now: 1);
        book.EndChange(now: 2);
        Assert.Null(Give(Two, now: 50, until: 100));
        book.EndChange(now: 60);
        Assert.Null(Give(Two, now: 60 + Quiet - 1, until: 100));
        Assert.False(book.IsQuiet(60 + Quiet - 1));
        Assert.NotNull(Give(Two, now: 60 + Quiet, until: 100));
    }

    [Fact]
    public void None_is_given_while_something_in_the_log_is_not_applied() =>
        Assert.Null(book.Give(Two, 7, 0, 100, static () => false));

    [Fact]
    public void A_lease_that_was_returned_keeps_nobody_waiting_but_a_newer_one_of_the_holder_does()
    {
        Give(Two, now: 0, until: 100);
        var lease = Assert.Single(book.BeginChange(now: 1));
        book.EndChange(now: 1);
        Give(Two, now: 50, until: 120);
        book.Returned(lease);
        var newer = Assert.Single(book.BeginChange(now: 51));
        book.Returned(newer);
        Assert.Empty(book.BeginChange(now: 52));
        Assert.Equal(long.MinValue, book.LastEnd);
    }

    [Fact]
    public void A_renewal_never_ends_before_what_it_replaces()
    {
        Give(Two, now: 0, until: 100);
        Give(Two, now: 10, until: 90);
        Assert.Equal(100, book.LastEnd);
    }

    [Fact]
    public void A_grant_that_arrives_after_its_recall_is_void()
    {
        var held = new HeldLease();
        held.Recall(term: 3, serial: 5);
        Assert.False(held.Take(new LeaseGrant(3, 5, 0, 0, 0), asked: 0, durationTicks: 100));
        Assert.False(held.Take(new LeaseGrant(2, 9, 0, 0, 0), asked: 0, durationTicks: 100));
        Assert.False(held.IsValid(3, 1));
        Assert.True(held.Take(new LeaseGrant(3, 6, 0, 0, 0), asked: 0, durationTicks: 100));
        Assert.True(held.IsValid(3, 99));
    }

    [Fact]
    public void A_held_lease_ends_by_time_by_recall_and_by_a_new_term()
    {
        var held = new HeldLease();
        Assert.True(held.IsEnding(0));
        held.Take(new LeaseGrant(3, 5, 0, 0, 0), asked: 0, durationTicks: 100);
        Assert.True(held.IsValid(3, 99));
        Assert.False(held.IsValid(3, 100));
        Assert.False(held.IsValid(4, 1));
        Assert.False(held.IsEnding(49));
        Assert.True(held.IsEnding(50));
        held.Recall(term: 3, serial: 4);
        Assert.True(held.IsValid(3, 1));
        held.Recall(term: 3, serial: 5);
        Assert.False(held.IsValid(3, 1));
    }

    private long? Give(NodeId holder, long now, long until) => book.Give(holder, 7, now, until, static () => true);
}

using MfsHa.Cluster.Status;
using MfsHa.Consensus;
using MfsHa.NodeLink;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MfsHa.Cluster.Tests.Status;

public sealed class LeadershipHistoryTests
{
    private static readonly NodeId A = new(1);
    private static readonly NodeId B = new(2);
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Terms_without_a_leader_are_failed_and_the_one_that_it_began_in_is_none()
    {
        var history = new LeadershipHistory(new Leadership(NodeId.None, 5, false), clock);
        Assert.Equal((0L, 0L, 0), history.Counts);
        history.Note(new Leadership(A, 5, true));
        Assert.Equal((0L, 0L, 0), history.Counts);
        history.Note(new Leadership(NodeId.None, 6, false));
        history.Note(new Leadership(B, 8, false));
        Assert.Equal((3L, 2L, 1), history.Counts);
    }

    [Fact]
    public void The_same_leader_in_a_new_term_is_no_change()
    {
        var history = new LeadershipHistory(new Leadership(A, 1, true), clock);
        history.Note(new Leadership(NodeId.None, 2, false));
        history.Note(new Leadership(A, 2, true));
        Assert.Equal((1L, 0L, 0), history.Counts);
    }

    [Fact]
    public void Changes_are_forgotten_after_a_day()
    {
        var history = new LeadershipHistory(new Leadership(A, 1, false), clock);
        history.Note(new Leadership(B, 2, false));
        clock.Advance(TimeSpan.FromHours(23));
        history.Note(new Leadership(A, 3, false));
        Assert.Equal(2, history.Counts.LeaderChanges);
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal((2L, 0L, 1), history.Counts);
    }
}

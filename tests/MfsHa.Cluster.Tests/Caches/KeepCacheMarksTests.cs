using Xunit;
using MfsHa.Cluster.Caches;
using Microsoft.Extensions.Time.Testing;

namespace MfsHa.Cluster.Tests.Caches;

public sealed class KeepCacheMarksTests
{
    private const uint File = 5;
    private const uint Reader = 1;
    private const uint Writer = 2;

    private readonly FakeTimeProvider clock = new();
    private readonly KeepCacheMarks marks;

    public KeepCacheMarksTests() => marks = new KeepCacheMarks(clock);

    [Fact]
    public void Who_has_read_a_file_that_nobody_changes_may_keep_it()
    {
        Assert.False(marks.Ask(1, File, Reader));
        Assert.False(marks.Ask(1, File, Reader));
        marks.Set(1, File, Reader);
        Assert.True(marks.Ask(1, File, Reader));
        Assert.False(marks.Ask(1, File, Writer));
        Assert.False(marks.Ask(1, File + 1, Reader));
    }

    [Fact]
    public void A_change_by_another_session_ends_it()
    {
        Keep(Reader);
        marks.Change(File, Writer);
        Assert.False(marks.Ask(1, File, Reader));
    }

    [Fact]
    public void The_own_change_does_not_end_it_and_ends_it_for_all_others()
    {
        Keep(Reader);
        Keep(Writer);
        marks.Change(File, Writer);
        Assert.True(marks.Ask(1, File, Writer));
        Assert.False(marks.Ask(1, File, Reader));
    }

    [Fact]
    public void What_was_read_before_a_change_does_not_count_after_it()
    {
        marks.Ask(1, File, Reader);
        marks.Change(File, Writer);
        marks.Set(1, File, Reader);
        Assert.False(marks.Ask(1, File, Reader));
    }

    [Fact]
    public void Another_leader_knows_nothing_and_neither_does_the_old_one_when_it_leads_again()
    {
        Keep(Reader);
        Assert.False(marks.Ask(2, File, Reader));
        Assert.False(marks.Ask(1, File, Reader));
    }

    [Fact]
    public void It_ends_before_the_number_of_a_removed_file_may_name_another()
    {
        Keep(Reader);
        clock.Advance(TimeSpan.FromSeconds(300));
        Assert.False(marks.Ask(1, File, Reader));
    }

    [Fact]
    public void There_are_never_more_than_the_limit()
    {
        for (uint i = 0; i < KeepCacheMarks.MaxMarks; i++)
        {
            marks.Ask(1, i, Reader);
        }

        marks.Set(1, 0, Reader);
        Assert.True(marks.Ask(1, 0, Reader));
        marks.Ask(1, KeepCacheMarks.MaxMarks, Reader);
        Assert.False(marks.Ask(1, 0, Reader));
    }

    private void Keep(uint session)
    {
        marks.Ask(1, File, session);
        marks.Set(1, File, session);
        Assert.True(marks.Ask(1, File, session));
    }
}

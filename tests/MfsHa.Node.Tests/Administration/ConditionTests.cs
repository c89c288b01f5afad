using MfsHa.Node.Administration;
using Microsoft.Extensions.Time.Testing;

namespace MfsHa.Node.Tests.Administration;

public sealed class ConditionTests
{
    [Fact]
    public void It_is_said_when_it_begins_again_after_a_while_and_when_it_is_over()
    {
        var time = new FakeTimeProvider();
        var condition = new Condition(TimeSpan.FromHours(1), time);
        Assert.Equal(Condition.News.None, condition.Take(false));
        Assert.Equal(Condition.News.Lasts, condition.Take(true));
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(Condition.News.None, condition.Take(true));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Condition.News.Lasts, condition.Take(true));
        Assert.Equal(Condition.News.IsOver, condition.Take(false));
        Assert.Equal(Condition.News.None, condition.Take(false));
    }
}

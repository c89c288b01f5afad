using MfsHa.NodeLink.Liveness;
using Xunit;

namespace MfsHa.NodeLink.Tests.Liveness;

public sealed class SilenceJudgeTests
{
    private readonly SilenceJudge _judge = new(pingMilliseconds: 50, deadMilliseconds: 200);

    [Theory]
    [InlineData(200, false)]
    [InlineData(201, true)]
    public void A_peer_is_dead_after_more_than_the_limit_of_silence(long silence, bool dead)
    {
        for (long now = 0; now <= 1000; now += 50)
            Assert.Equal(0, _judge.Turn(now));
        Assert.Equal(dead, _judge.IsDead(1000, 1000 - silence));
    }

    [Fact]
    public void A_late_turn_within_the_margin_is_no_pause()
    {
        _judge.Turn(0);
        Assert.Equal(0, _judge.Turn(120));
    }

    [Fact]
    public void After_an_own_pause_every_peer_has_a_new_grace_period()
    {
        _judge.Turn(0);
        Assert.Equal(5000, _judge.Turn(5000));
        Assert.False(_judge.IsDead(5000, 0));
        _judge.Turn(5050);
        Assert.False(_judge.IsDead(5199, 0));
        Assert.True(_judge.IsDead(5200, 0));
    }
}

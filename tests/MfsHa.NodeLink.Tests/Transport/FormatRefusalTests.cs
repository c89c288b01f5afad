using MfsHa.NodeLink.Formats;
using MfsHa.NodeLink.Tests.Support;
using Xunit;

namespace MfsHa.NodeLink.Tests.Transport;

public sealed class FormatRefusalTests
{
    [Fact]
    public async Task Who_does_not_read_what_the_cluster_writes_is_told_both_levels_and_the_release()
    {
        var old = Gate(new FormatRange(1, 1), "0.1.0", 1);
        await using var member = new TestNode(1, static options => options with { Formats = Gate(new FormatRange(1, 2), "0.2.0", 2) });
        await using var former = new TestNode(2, options => options with { Formats = old });
        former.Know(1, member.Port);

        var reason = await old.Met.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.IsType<FormatLevelException>(reason);
        Assert.Equal("node 1 does not let this node in: the cluster writes format level 2, this release (0.1.0) reads format level 1: install release 0.2.0, which node 1 runs", reason.Message);
        Assert.False(former.Sees(1));
    }

    [Fact]
    public async Task Two_releases_talk_as_long_as_both_read_what_is_written()
    {
        await using var newer = new TestNode(1, static options => options with { Formats = Gate(new FormatRange(1, 2), "0.2.0", 1) });
        await using var older = new TestNode(2, static options => options with { Formats = Gate(new FormatRange(1, 1), "0.1.0", 1) });
        await older.MeetAsync(1, newer.Port);
        await newer.MeetAsync(2, older.Port);
    }

    [Fact]
    public void A_higher_level_is_stored_before_it_is_let_in_and_one_that_is_not_read_ends_the_node()
    {
        List<byte> kept = [];
        FormatGate? gate = null;
        gate = new FormatGate(new FormatRange(1, 3), "0.3.0", 1, level =>
        {
            Assert.Equal(1, gate!.Level);
            kept.Add(level);
        });

        gate.Admit(1, "an entry");
        gate.Admit(3, "an entry");
        gate.Admit(2, "an entry");

        Assert.Equal([3], kept);
        Assert.Equal(3, gate.Level);
        var e = Assert.Throws<FormatLevelException>(() => gate.Admit(4, "an entry"));
        Assert.Equal("an entry is of format level 4; this release (0.3.0) reads format levels 1 to 3: install a release that reads level 4", e.Message);
        Assert.True(gate.Met.IsCompleted);
        Assert.Equal([3], kept);
    }

    private static FormatGate Gate(FormatRange range, string release, byte level) => new(range, release, level, static _ => { });
}

using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.SystemGroup;

public sealed class FormatTests
{
    [Fact]
    public void A_cluster_that_has_never_heard_of_levels_is_at_the_first_one()
    {
        var formats = Assert.IsType<FormatsReply>(new SystemHarness().Ask(new GetFormats()));

        Assert.Equal(1, formats.Level);
        Assert.Empty(formats.Nodes);
    }

    [Fact]
    public void The_level_is_raised_only_when_every_member_has_announced_that_it_reads_it()
    {
        var system = new SystemHarness();
        Assert.Equal(StatusCode.Ok, system.Status(Announce(1, 1, 2)));
        Assert.Equal(StatusCode.Ok, system.Status(Announce(2, 1, 2)));
        Assert.Equal(StatusCode.Mismatch, system.Status(new RaiseFormatLevel(2)));
        Assert.Equal(StatusCode.Ok, system.Status(Announce(3, 1, 1)));
        Assert.Equal(StatusCode.Mismatch, system.Status(new RaiseFormatLevel(2)));
        Assert.Equal(1, system.State.FormatLevel);
        Assert.Equal(StatusCode.Ok, system.Status(Announce(3, 1, 2)));

        Assert.Equal(StatusCode.Ok, system.Status(new RaiseFormatLevel(2)));

        Assert.Equal(2, system.Reopened().FormatLevel);
        Assert.Equal(StatusCode.Ok, system.Status(new RaiseFormatLevel(2)));
        Assert.Equal(StatusCode.EInval, system.Status(new RaiseFormatLevel(1)));
        Assert.Equal(StatusCode.EInval, system.Status(new RaiseFormatLevel(4)));
        Assert.Equal(StatusCode.Mismatch, system.Status(new RaiseFormatLevel(3)));
    }

    [Fact]
    public void Nothing_is_raised_before_the_cluster_is_formed()
    {
        var system = new SystemHarness(formed: false);
        Assert.Equal(StatusCode.NotStarted, system.Status(new RaiseFormatLevel(2)));
        Assert.Equal(StatusCode.Mismatch, new RaiseFormatLevel(2).Check(system.State));
    }

    [Fact]
    public void A_removed_node_is_not_asked_and_a_new_data_directory_has_announced_nothing()
    {
        var system = new SystemHarness();
        Assert.Equal(StatusCode.Ok, system.Status(Announce(1, 1, 2)));
        Assert.Equal(StatusCode.Ok, system.Status(Announce(2, 1, 2)));
        Assert.Equal(StatusCode.EExist, system.Status(new AnnounceFormats(Formats(3, 44, 1, 2))));
        Assert.Equal(StatusCode.Ok, system.Status(new SetNodeState(3, 33, NodeState.Removed)));
        Assert.Equal(StatusCode.Ok, system.Status(new AddNode(new NodeRecord { Node = 3, Incarnation = 44, Address = "a:1" })));
        Assert.Equal(StatusCode.Mismatch, system.Status(new RaiseFormatLevel(2)));
        Assert.Equal(StatusCode.Ok, system.Status(new SetNodeState(3, 44, NodeState.Removed)));
        Assert.Equal(StatusCode.Ok, system.Status(new RaiseFormatLevel(2)));
    }

    [Fact]
    public void Above_the_first_level_nobody_is_let_in_who_has_not_announced_that_they_read_it()
    {
        var system = new SystemHarness();
        foreach (var node in (ushort[])[1, 2, 3])
        {
            Assert.Equal(StatusCode.Ok, system.Status(Announce(node, 1, 2)));
        }

        Assert.Equal(StatusCode.Ok, system.Status(new AddNode(new NodeRecord { Node = 4, Incarnation = 44, Address = "a:1" })));
        Assert.Equal(StatusCode.Mismatch, system.Status(new RaiseFormatLevel(2)));
        Assert.Equal(StatusCode.Mismatch, system.Status(Announce(4, 2, 2, 44))); // it does not read what is written now
        Assert.Equal(StatusCode.Ok, system.Status(Announce(4, 1, 2, 44)));
        Assert.Equal(StatusCode.Ok, system.Status(new RaiseFormatLevel(2)));
        Assert.Equal(StatusCode.Mismatch, system.Status(Announce(1, 1, 1)));
        var fifth = new NodeRecord { Node = 5, Incarnation = 55, Address = "a:2" };
        Assert.Equal(StatusCode.Mismatch, system.Status(new AddNode(fifth)));
        Assert.Equal(StatusCode.Mismatch, system.Status(Announce(5, 1, 1, 55)));
        Assert.Equal(StatusCode.Ok, system.Status(Announce(5, 1, 3, 55)));
        Assert.Equal(StatusCode.Mismatch, system.Status(new AddNode(fifth with { Incarnation = 56 })));
        Assert.Equal(StatusCode.Ok, system.Status(new AddNode(fifth)));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 1)]
    public void A_range_that_is_none_is_refused(byte oldest, byte newest) => Assert.Equal(StatusCode.EInval, new SystemHarness().Status(Announce(1, oldest, newest)));

    private static AnnounceFormats Announce(ushort node, byte oldest, byte newest, uint? incarnation = null) => new(Formats(node, incarnation ?? (uint)node * 11, oldest, newest));

    private static NodeFormats Formats(ushort node, uint incarnation, byte oldest, byte newest) => new() { Node = node, Incarnation = incarnation, Oldest = oldest, Newest = newest, Release = "0.2.0" };
}

using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;
using Xunit;

namespace MfsHa.Metadata.Tests.Sharding;

/// <summary>A step through a subtree names what belongs to other shards instead of looking at it.</summary>
public sealed class SubtreeStepTests
{
    private const uint Now = 1_700_000_000;
    private const uint There = 1 << 16;

    private readonly CommandProcessor shard;

    public SubtreeStepTests()
    {
        shard = new CommandProcessor(new NamespaceState(new MemoryStore(), group: 1, hotEntries: 1000));
        Run<StatusReply>(new FormatShard(new ShardLayout(0, 2)));
        Run<StatusReply>(new FormatNamespace(2));
        Run<NodeReply>(new MakeDirectory(1, new Name("here"), 0x1FF, 0, false, Shard.User()));
        var there = new MakeDirectory(1, new Name("there"), 0x1FF, 0, false, Shard.User()) { Home = 1 };
        Assert.Equal(StatusCode.Ok, Run<DecisionReply>(new DecideTransaction(
            new TransactionId(0, 1), Now, there, [new ShardRecords(1, [], [new UnitLock(There, LockMode.Exclusive)], There, Token: 1)])).Answer.Status);
    }

    [Fact]
    public void Question_counts_the_shards_own_objects_and_names_the_others()
    {
        var reply = Assert.IsType<ValueCountsReply>(shard.Execute(new GetExtraAttributes(1, GetMode.Recursive, null, Shard.User()), new OperationContext(Now)));
        Assert.Equal([new ValueCount(0, 2)], reply.Directories);
        Assert.Equal([There], reply.Elsewhere);
        Assert.Null(reply.Next);
    }

    [Fact]
    public void Change_changes_the_shards_own_objects_and_names_the_others()
    {
        var reply = Run<ChangeCountsReply>(new SetExtraAttributes(1, ExtraAttributes.NoOwner, SetModes.Increase | SetModes.Recursive, null, Shard.User()));
        Assert.Equal((2ul, 0ul, 0u), (reply.Changed, reply.NotChanged, reply.NotPermitted));
        Assert.Equal([There], reply.Elsewhere);
    }

    [Fact]
    public void Without_recursion_nothing_else_is_named()
    {
        var reply = Run<ChangeCountsReply>(new SetExtraAttributes(1, ExtraAttributes.NoOwner, SetModes.Increase, null, Shard.User()));
        Assert.Equal(1ul, reply.Changed);
        Assert.Empty(reply.Elsewhere);
    }

    private TReply Run<TReply>(Command command)
        where TReply : Reply => Assert.IsType<TReply>(shard.Execute(command, new OperationContext(Now)));
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using Xunit;

namespace MfsHa.Metadata.Tests.Sharding;

/// <summary>How deep a directory lies is known where it lies or, with the help of other shards, everywhere.</summary>
public sealed class LevelTests
{
    private const int Limit = 5;

    private static readonly OperationContext Context = new(1_700_000_000);

    private readonly NamespaceState first = new(new MemoryStore(), group: 1, hotEntries: 1000);
    private readonly NamespaceState second = new(new MemoryStore(), group: 2, hotEntries: 1000);
    private readonly CommandProcessor atFirst;
    private readonly CommandProcessor atSecond;
    private readonly uint outer;
    private readonly uint inner;

    // The root and "outer" lie in the first shard, "outer/inner" in the second.
    public LevelTests()
    {
        (atFirst, atSecond) = (new CommandProcessor(first), new CommandProcessor(second));
        atFirst.Execute(new FormatShard(new ShardLayout(0, 2)), Context);
        atSecond.Execute(new FormatShard(new ShardLayout(1, 2)), Context);
        atFirst.Execute(new FormatNamespace(2), Context);
        outer = Assert.IsType<NodeReply>(atFirst.Execute(new MakeDirectory(1, new Name("outer"), 0x1FF, 0, false, Shard.User()), Context)).Inode;
        var id = new TransactionId(0, 1);
        var promised = Assert.IsType<PreparedReply>(atSecond.Execute(new PrepareTransaction(id, [], [], Fresh: true), Context)).Records;
        var decided = Assert.IsType<DecisionReply>(atFirst.Execute(
            new DecideTransaction(id, Context.Now, new MakeDirectory(outer, new Name("inner"), 0x1FF, 0, false, Shard.User()) { Home = 1 }, [promised]), Context));
        atSecond.Execute(new FinishTransaction(id, decided.Effects![0]), Context);
        inner = Assert.IsType<NodeReply>(decided.Answer).Inode;
    }

    [Fact]
    public void Level_is_known_where_all_ancestors_are()
    {
        Assert.Equal(0, first.LevelKnownHere(1, Limit));
        Assert.Equal(1, first.LevelKnownHere(outer, Limit));
        Assert.Equal(new CountReply(1), atFirst.Execute(new GetLevel(outer, Limit), Context));
    }

    [Fact]
    public void Level_is_asked_for_where_an_ancestor_is_elsewhere()
    {
        Assert.Null(second.LevelKnownHere(inner, Limit));
        var missing = Assert.IsType<ElsewhereReply>(atSecond.Execute(new GetLevel(inner, Limit), Context)).Needs;
        var found = Assert.IsType<RecordsReply>(atFirst.Execute(new FetchRecords(missing), Context));
        Assert.Equal(new CountReply(2), atSecond.Execute(new GetLevel(inner, Limit), [new ShardRecords(0, found.Answers, [], 0, 0)], Context));
    }

    [Fact]
    public void Nobody_is_asked_when_the_limit_is_reached_before() => Assert.Equal(1, second.LevelKnownHere(inner, 1));
}

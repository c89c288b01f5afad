using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using Xunit;

namespace MfsHa.Cluster.Tests.Routing;

/// <summary>Lists of all shards together, page by page.</summary>
public sealed class ShardFanOutTests : IShardCalls
{
    private static readonly OperationContext Now = new(1_700_000_000);
    private readonly NamespaceState[] shards = [.. Enumerable.Range(0, 3).Select(static n => Open((ushort)n))];

    [Fact]
    public async Task Pages_of_all_shards_have_everything_once_and_in_order()
    {
        List<ulong> all = [];
        foreach (var (shard, count) in new[] { (0, 2500), (1, 10), (2, 1000) })
        {
            for (var i = 0; i < count; i++)
            {
                var id = ((ulong)((i % 4 * 3) + shard) << 40) + (ulong)i + 1;
                shards[shard].Chunks.Add(id, new Chunk { Version = 1, StorageClass = 2, References = 1 });
                all.Add(id);
            }

            shards[shard].Commit(success: true);
        }

        var fanOut = new ShardFanOut(this, new StripedShardMap(shards.Length));
        var found = new List<ulong>();
        ulong next = 0;
        do
        {
            var page = Assert.IsType<ChunksReply>(await fanOut.ExecuteAsync(new ListChunks(next, 1000), TestContext.Current.CancellationToken));
            found.AddRange(page.Chunks.Select(static c => c.Id));
            Assert.True(page.Next == 0 || page.Next > next);
            next = page.Next;
        }
        while (next != 0);
        Assert.Equal(all.Order(), found);
    }

    public ValueTask<Reply> ExecuteAsync(ushort shard, Operation operation, CancellationToken cancellation) =>
        ValueTask.FromResult(new CommandProcessor(shards[shard]).Execute((Query)operation, Now));

    private static NamespaceState Open(ushort number)
    {
        var state = new NamespaceState(new MemoryStore(), (ushort)(number + 1), hotEntries: 1000);
        new CommandProcessor(state).Execute(new FormatShard(new ShardLayout(number, 3)), Now);
        return state;
    }
}

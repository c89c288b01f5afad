using MfsHa.Cluster.Tests.Hosting;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Protocol;
using Xunit;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>What goes on in a directory while a rename of another shard has been decided there and not carried out yet, and what waits for it.</summary>
public sealed class NameLockTests : IAsyncLifetime
{
    private static readonly Caller Root = Callers.Root;

    private readonly ShardBench bench = new(3);
    private uint from;
    private uint to;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        from = await bench.MakeDirectoryAsync(1, "from", 1);
        to = await bench.MakeDirectoryAsync(1, "to", 2);
        await bench.MakeFileAsync(from, "a");
        await bench.MakeFileAsync(from, "b");
        await bench.SettleAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Other_names_come_and_go_meanwhile()
    {
        var begin = bench.Milliseconds;
        await MoveAsync("a", async () =>
        {
            await bench.RunAsync<NodeReply>(Move("b"));
            await bench.MakeFileAsync(to, "c");
            await bench.RunAsync<LookupReply>(new Lookup(to, new Name("b"), Root));
            await bench.RunAsync<InodeReply>(new RemoveFile(to, new Name("c"), Root));
            Assert.Equal(begin, bench.Milliseconds); // nobody has waited
        });
        await bench.SettleAsync();
        Assert.Equal(2u, bench.StateOf(to).Inodes.Require(to).Entries);
        Assert.Equal(0u, bench.StateOf(from).Inodes.Require(from).Entries);
    }

    [Fact]
    public Task The_name_itself_waits() => MoveAsync("a", () => AssertWaitsAsync(new Lookup(to, new Name("a"), Root)));

    [Fact]
    public Task Who_looks_at_the_directory_waits() => MoveAsync("a", async () =>
    {
        await AssertWaitsAsync(new GetAttributes(to, Opened: false, Root));
        await AssertWaitsAsync(new RemoveDirectory(1, new Name("to"), Root));
    });

    [Fact]
    public async Task No_new_name_is_held_while_somebody_wants_the_directory()
    {
        var other = new PrepareTransaction(new TransactionId(1, 99), [new UnitLock(to, LockMode.Entries), new UnitLock(to, LockMode.Exclusive, LockKey.HashOf(new Name("z")))], [], Fresh: false);
        await MoveAsync("a", async () =>
        {
            bench.WhileWaiting = async () =>
            {
                bench.WhileWaiting = null;
                Assert.IsType<HeldReply>(await bench.ExecuteAsync(2, other, Cancellation));
            };
            await AssertWaitsAsync(new GetAttributes(to, Opened: false, Root));
            Assert.Null(bench.WhileWaiting);
        });

        bench.Milliseconds += 100;
        Assert.IsType<PreparedReply>(await bench.ExecuteAsync(2, other, Cancellation));
        await bench.ExecuteAsync(2, new FinishTransaction(other.Id, null), Cancellation);
    }

    private Rename Move(string name) => new(from, new Name(name), to, new Name(name), RenameMode.Standard, Root);

    // What is done when the rename is decided and the directory that the file goes to has not heard of it.
    private async Task MoveAsync(string name, Func<Task> meanwhile)
    {
        TaskCompletionSource done = new();
        bench.Before = async (shard, operation) =>
        {
            if (shard == 2 && operation is FinishTransaction { Effects: not null })
            {
                bench.Before = null;
                try
                {
                    await meanwhile();
                    done.SetResult();
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    done.SetException(e);
                }
            }
        };
        await bench.RunAsync<NodeReply>(Move(name));
        await done.Task;
    }

    private async Task AssertWaitsAsync(Operation operation) =>
        await Assert.ThrowsAsync<TimeoutException>(async () => await bench.ExecuteAsync(ShardLayout.ShardOf(operation.RoutingInode, 3), operation, Cancellation));
}

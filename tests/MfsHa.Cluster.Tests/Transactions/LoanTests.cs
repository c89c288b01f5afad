using MfsHa.Cluster.Tests.Hosting;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;
using Xunit;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>Chunks that files of several shards share: <c>d</c> is in the second, <c>d/e</c> in the third shard.</summary>
public sealed class LoanTests : IAsyncLifetime
{
    private const ushort Shards = 3;

    /// <summary>So long is kept what a write has copied.</summary>
    private const uint FallbackSeconds = 240;
    private const ulong ChunkLength = 1 << 26;
    private static readonly Caller Root = Callers.Root;
    private readonly ShardBench bench = new(Shards);
    private uint source;
    private uint target;
    private ulong chunk;

    private NamespaceState Owner => bench.State(2);

    private NamespaceState Borrower => bench.State(1);

    public async ValueTask InitializeAsync()
    {
        var outer = await bench.MakeDirectoryAsync(1, "d", home: 1);
        source = await bench.MakeFileAsync(await bench.MakeDirectoryAsync(outer, "e", home: 2), "source");
        target = await bench.MakeFileAsync(outer, "target");
        chunk = (await WriteAsync(source, 0)).Chunk;
        await AppendAsync(target, source);
        await bench.SettleAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_owner_counts_a_borrower_once_and_the_borrower_its_files()
    {
        await AppendAsync(target, source);
        await bench.SettleAsync();
        Assert.Equal((2u, 2u), (Owner.Chunks.Require(chunk).References, Borrower.Loans.Require(chunk).References));
        Assert.Equal((1L, 0L), (Owner.Counters.Chunks, Borrower.Counters.Chunks));
        var slot = await bench.RunAsync<ChunkReply>(new ChunkOfFile(target, 1));
        Assert.Equal((chunk, Owner.Chunks.Require(chunk)), (slot.Chunk!.Id, slot.Chunk.Record));
    }

    [Fact]
    public async Task What_is_borrowed_can_be_lent_on_and_comes_home()
    {
        var third = await bench.MakeFileAsync(1, "third");
        await AppendAsync(third, target);
        var home = await bench.MakeFileAsync((await FindAsync("d", "e")), "home");
        await AppendAsync(home, third);
        await bench.SettleAsync();
        Assert.Equal([(0u, chunk), (1u, chunk)], Owner.Lent.All().Select(static l => l.Key));
        Assert.Equal((4u, 1u), (Owner.Chunks.Require(chunk).References, bench.State(0).Loans.Require(chunk).References));
        Assert.Empty(Owner.Loans.All());
    }

    [Fact]
    public async Task A_write_makes_a_copy_and_the_loan_is_returned_when_no_write_may_fall_back_on_it()
    {
        var work = await WriteAsync(target, 0);
        Assert.Equal((ChunkWorkKind.Duplicate, chunk, 1u), (work.Work.Kind, work.Work.OldChunk, work.Work.OldVersion));
        await bench.SettleAsync();
        Assert.Equal((2u, 0u), (Owner.Chunks.Require(chunk).References, Borrower.Loans.Require(chunk).References));

        bench.Milliseconds += 1000 * (FallbackSeconds + 1);
        await bench.SettleAsync();
        Assert.Equal((1u, false), (Owner.Chunks.Require(chunk).References, Borrower.Loans.Contains(chunk)));
        Assert.Empty(Owner.Lent.All());
    }

    [Fact]
    public async Task A_write_that_fails_falls_back_on_the_loan()
    {
        var work = await WriteAsync(target, 0);
        await bench.RunAsync<StatusReply>(new AbandonWrite(target, 0, work.Chunk, work.Version, Root.Session));
        await bench.SettleAsync();
        Assert.Equal((chunk, 1u), (Borrower.Inodes.Require(target).FirstChunk, Borrower.Loans.Require(chunk).References));
    }

    [Fact]
    public async Task A_chunk_lives_as_long_as_anybody_has_it()
    {
        await bench.RunAsync<LengthReply>(new SetLength(source, TruncateFlags.None, 0, IsCut: false, Root));
        await bench.SettleAsync();
        Assert.Equal(1u, Owner.Chunks.Require(chunk).References);
        Assert.Empty(Owner.OrphanChunks.All());

        await bench.RunAsync<LengthReply>(new SetLength(target, TruncateFlags.None, 0, IsCut: false, Root));
        await bench.SettleAsync();
        Assert.Equal(0u, Owner.Chunks.Require(chunk).References);
        Assert.Equal([chunk], Owner.OrphanChunks.All().Select(static o => o.Key));
        Assert.Empty(Borrower.Loans.All());
    }

    [Fact]
    public async Task Nothing_is_given_back_while_something_is_lent()
    {
        await bench.RunAsync<LengthReply>(new SetLength(target, TruncateFlags.None, 0, IsCut: false, Root));
        HeldReply? held = null;
        bench.Before = async (shard, operation) =>
        {
            if (shard == 2 && operation is FinishTransaction)
            {
                bench.Before = null;
                held = await bench.ExecuteAsync(2, new TakeLoanNews(1, [new LoanWord(chunk, new LoanNews(100, LoanChange.Returned, 0))]), TestContext.Current.CancellationToken) as HeldReply;
            }
        };
        await AppendAsync(await bench.MakeFileAsync(1, "third"), source);
        await bench.SettleAsync();
        Assert.NotNull(held);
        Assert.Equal(2u, Owner.Chunks.Require(chunk).References);
        Assert.Equal([(0u, chunk)], Owner.Lent.All().Select(static l => l.Key));
    }

    private async Task<uint> FindAsync(params string[] names)
    {
        var number = 1u;
        foreach (var name in names)
        {
            number = (await bench.RunAsync<LookupReply>(new Lookup(number, new Name(name), Root))).Inode;
        }

        return number;
    }

    private async Task<ChunkWorkReply> WriteAsync(uint file, uint index)
    {
        var slot = await bench.RunAsync<ChunkReply>(new ChunkOfFile(file, index));
        var work = await bench.RunAsync<ChunkWorkReply>(new BeginWrite
        {
            Inode = file,
            Index = index,
            Flags = ChunkOperationFlags.None,
            Caller = Root,
            SeenChunk = slot.Chunk?.Id ?? 0,
            SeenVersion = slot.Chunk?.Record.Version ?? 0,
            Copies = SeenCopies.Good,
        });
        if (slot.Chunk is null)
        {
            await bench.RunAsync<WriteEndedReply>(new EndWrite(work.Chunk, file, index, ChunkLength, ChunkOperationFlags.None, Root));
        }

        return work;
    }

    private Task<FileLengthReply> AppendAsync(uint to, uint from) => bench.RunAsync<FileLengthReply>(
        new AppendSlice { Flags = AppendSliceFlags.None, Inode = to, Source = from, From = 0, To = 1, Caller = Root });
}

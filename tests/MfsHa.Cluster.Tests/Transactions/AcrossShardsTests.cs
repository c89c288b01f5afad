using MfsHa.Cluster.Tests.Hosting;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;
using Xunit;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>What several shards do together: <c>d</c> is in the second, <c>d/e</c> in the third shard.</summary>
public sealed class AcrossShardsTests : IAsyncLifetime
{
    private const ushort Shards = 3;
    private static readonly Caller Root = Callers.Root;
    private static readonly Caller Admin = Root with { SessionFlags = SessionFlags.Admin };
    private readonly ShardBench bench = new(Shards);
    private uint outer;
    private uint inner;

    public async ValueTask InitializeAsync()
    {
        outer = await bench.MakeDirectoryAsync(1, "d", home: 1);
        inner = await bench.MakeDirectoryAsync(outer, "e", home: 2);
        Assert.Equal((1, 2), (ShardLayout.ShardOf(outer, Shards), ShardLayout.ShardOf(inner, Shards)));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_quota_binds_below_in_other_shards_as_soon_as_their_usage_is_known()
    {
        // Three objects: d/e, and two more.
        var set = await bench.RunAsync<QuotaReply>(new SetQuota { Inode = outer, Flags = QuotaFlags.HardInodes, Hard = new(3, 0, 0, 0), Caller = Admin });
        Assert.Equal(1u, set.Usage.Inodes);
        await bench.MakeFileAsync(inner, "1");
        await bench.MakeFileAsync(inner, "2");
        await bench.SettleAsync();
        Assert.Equal(StatusCode.Quota, (await bench.RunAsync<StatusReply>(Make(inner, "3"))).Status);
        Assert.Equal(StatusCode.Quota, (await bench.RunAsync<StatusReply>(Make(outer, "3"))).Status);

        // What is moved out of it is not bound by it any more.
        await bench.RunAsync<NodeReply>(new Rename(outer, new Name("e"), 1, new Name("f"), RenameMode.Standard, Root));
        await bench.SettleAsync();
        await bench.MakeFileAsync(inner, "3");
        Assert.Equal(0u, (await bench.RunAsync<QuotaReply>(new GetQuota(outer, Root))).Usage.Inodes);

        // Moved back it would be too much, until there is no quota.
        await bench.SettleAsync();
        var back = new Rename(1, new Name("f"), outer, new Name("e"), RenameMode.Standard, Root);
        Assert.Equal(StatusCode.Quota, (await bench.RunAsync<StatusReply>(back)).Status);
        await bench.RunAsync<QuotaReply>(new SetQuota { Inode = outer, Flags = QuotaFlags.HardInodes, Removes = true, Caller = Admin });
        await bench.RunAsync<NodeReply>(back);
        await bench.MakeFileAsync(inner, "4");
    }

    [Fact]
    public async Task Quotas_are_listed_with_paths_through_other_shards()
    {
        await bench.RunAsync<QuotaReply>(new SetQuota { Inode = inner, Flags = QuotaFlags.HardInodes, Hard = new(3, 0, 0, 0), Caller = Admin });
        var found = Assert.IsType<QuotasReply>(await bench.ExecuteAsync(2, new ListQuotas(0, 10), TestContext.Current.CancellationToken));
        Assert.Equal("/d/e"u8, Assert.Single(found.Quotas).Path);
    }

    [Fact]
    public async Task Storage_classes_are_the_same_in_all_shards_and_stay_while_any_of_them_uses_one()
    {
        await bench.RunAsync<StatusReply>(new CreateStorageClass(new StorageClassRecord { Id = 0, Name = new Name("mine"), Keep = StorageMode.Copies(3) }, Admin));
        Assert.All(Enumerable.Range(0, Shards), s => Assert.Equal((byte)10, bench.State(s).FindStorageClass(new Name("mine"))!.Id));
        await bench.RunAsync<ChangeCountsReply>(new SetStorageClass { Inode = inner, Modes = SetModes.Set, NewName = new Name("mine"), Caller = Root });
        Assert.Equal(StatusCode.ClassInUse, (await bench.RunAsync<StatusReply>(new DeleteStorageClass(new Name("mine"), Admin))).Status);
        Assert.Equal(StatusCode.ClassExists, (await bench.RunAsync<StatusReply>(new DuplicateStorageClass(new Name("2"), new Name("mine"), Admin))).Status);
        await bench.RunAsync<ChangeCountsReply>(new SetStorageClass { Inode = inner, Modes = SetModes.Set, NewName = new Name("2"), Caller = Root });
        await bench.RunAsync<StatusReply>(new RenameStorageClass(new Name("mine"), new Name("yours"), Admin));
        Assert.Equal(StatusCode.Ok, (await bench.RunAsync<StatusReply>(new DeleteStorageClass(new Name("yours"), Admin))).Status);
        await bench.SettleAsync();
        Assert.All(Enumerable.Range(0, Shards), s => Assert.Null(bench.State(s).FindStorageClass(new Name("yours"))));
    }

    [Fact]
    public async Task A_class_that_a_pattern_gives_stays_until_the_object_of_another_shard_has_it()
    {
        await bench.RunAsync<StatusReply>(new CreateStorageClass(new StorageClassRecord { Id = 0, Name = new Name("mine"), Keep = StorageMode.Copies(3) }, Admin));
        var pattern = new NamePattern(new Name("x"), NamePattern.Anybody, NamePattern.Anybody, 0, PatternSettings.StorageClass, 0, 0, ExtraAttributes.None, ExtraAttributes.None);
        await bench.RunAsync<StatusReply>(new AddPattern(pattern, new Name("mine"), Admin));
        var file = await bench.MakeFileAsync(inner, "file");
        await bench.RunAsync<NodeReply>(new Rename(inner, new Name("file"), outer, new Name("file"), RenameMode.Standard, Root));
        await bench.SettleAsync();
        var delete = new DeleteStorageClass(new Name("mine"), Admin);
        var tried = 0;
        bench.Before = async (shard, operation) =>
        {
            if (operation is FinishTransaction { Effects: not null } && shard == ShardLayout.ShardOf(file, Shards) && tried++ == 0)
            {
                await Assert.ThrowsAsync<TimeoutException>(() => bench.RunAsync<StatusReply>(delete));
            }
        };
        await bench.RunAsync<NodeReply>(new Rename(outer, new Name("file"), outer, new Name("x"), RenameMode.Standard, Root));
        bench.Before = null;
        await bench.SettleAsync();
        Assert.True(tried > 0);
        Assert.Equal(bench.State(0).FindStorageClass(new Name("mine"))!.Id, bench.StateOf(file).Inodes.Require(file).StorageClass);
        Assert.Equal(StatusCode.ClassInUse, (await bench.RunAsync<StatusReply>(delete)).Status);
    }

    [Fact]
    public async Task A_snapshot_is_made_where_its_originals_are_and_shares_their_chunks()
    {
        var file = await bench.MakeFileAsync(inner, "file");
        await bench.RunAsync<ChunkWorkReply>(new BeginWrite
        {
            Inode = file, Index = 0, Flags = ChunkOperationFlags.None, Caller = Root, SeenChunk = 0, SeenVersion = 0, Copies = SeenCopies.Good,
        });
        await bench.RunAsync<StatusReply>(Snapshot(outer, "copy", SnapshotModes.None));
        await bench.SettleAsync();
        var copy = await FindAsync(1, "copy");
        var copyOfInner = await FindAsync(copy, "e");
        var copyOfFile = await FindAsync(copyOfInner, "file");
        Assert.Equal((1, 2, 2), (ShardLayout.ShardOf(copy, Shards), ShardLayout.ShardOf(copyOfInner, Shards), ShardLayout.ShardOf(copyOfFile, Shards)));
        Assert.Equal(2u, Assert.Single(bench.State(2).Chunks.All()).Value.References);
        Assert.Equal(bench.State(1).Totals.Get(outer), bench.State(1).Totals.Get(copy));
        Assert.Equal(6, bench.State(0).Totals.Get(1)!.Inodes);

        await bench.RunAsync<StatusReply>(new RemoveSnapshot(1, new Name("copy"), SnapshotModes.Delete, Root));
        await bench.SettleAsync();
        Assert.Equal(1u, Assert.Single(bench.State(2).Chunks.All()).Value.References);
        Assert.Equal(3, bench.State(0).Totals.Get(1)!.Inodes);
        Assert.Equal(4, Enumerable.Range(0, Shards).Sum(s => bench.State(s).Inodes.All().Count()));
    }

    [Fact]
    public async Task A_snapshot_with_too_much_in_other_shards_is_refused_and_one_with_much_in_its_own_is_not()
    {
        for (var i = 0; i <= RecordNeed.MaxObjects; i++)
        {
            await bench.MakeFileAsync(inner, $"{i}");
        }

        await bench.SettleAsync();
        Assert.Equal(StatusCode.ERange, (await bench.RunAsync<StatusReply>(Snapshot(outer, "copy", SnapshotModes.None))).Status);
        Assert.Equal(StatusCode.Ok, (await bench.RunAsync<StatusReply>(Snapshot(inner, "copy", SnapshotModes.None))).Status);
        Assert.Equal(StatusCode.Ok, (await bench.RunAsync<StatusReply>(new RemoveSnapshot(1, new Name("copy"), SnapshotModes.Delete, Root))).Status);
        await bench.SettleAsync();
        Assert.Equal(RecordNeed.MaxObjects + 3, bench.State(0).Totals.Get(1)!.Inodes);
    }

    [Fact]
    public async Task A_snapshot_takes_in_tens_of_thousands_of_objects_of_other_shards()
    {
        const int files = 20_000;
        for (var i = 0; i < files; i++)
        {
            await bench.MakeFileAsync(inner, $"{i}");
        }

        await bench.SettleAsync();
        await bench.RunAsync<StatusReply>(Snapshot(outer, "copy", SnapshotModes.None));
        await bench.SettleAsync();
        Assert.Equal(2 * (files + 2), bench.State(0).Totals.Get(1)!.Inodes);
        await bench.RunAsync<StatusReply>(new RemoveSnapshot(1, new Name("copy"), SnapshotModes.Delete, Root));
        await bench.SettleAsync();
        Assert.Equal(files + 2, bench.State(0).Totals.Get(1)!.Inodes);
    }

    [Fact]
    public async Task A_snapshot_over_an_earlier_one_asks_for_many_entries_of_other_shards_at_once()
    {
        const int files = 3000;
        const int most = 20;
        for (var i = 0; i < files; i++)
        {
            await bench.MakeFileAsync(inner, $"{i}");
        }

        Assert.Equal(StatusCode.Ok, (await bench.RunAsync<StatusReply>(Snapshot(outer, "copy", SnapshotModes.None))).Status);
        await bench.SettleAsync();
        var asked = 0;
        bench.Before = (_, operation) =>
        {
            asked += operation is FetchRecords ? 1 : 0;
            return Task.CompletedTask;
        };
        Assert.Equal(StatusCode.Ok, (await bench.RunAsync<StatusReply>(Snapshot(outer, "copy", SnapshotModes.Overwrite))).Status);
        Assert.InRange(asked, 1, most);
        bench.Before = null;
        await bench.SettleAsync();
        Assert.Equal(2 * (files + 2), bench.State(0).Totals.Get(1)!.Inodes);
    }

    [Fact]
    public async Task An_undeleted_file_comes_back_below_directories_of_other_shards_that_are_made_again()
    {
        var file = await bench.MakeFileAsync(inner, "file");
        await bench.RunAsync<LengthReply>(new SetLength(file, TruncateFlags.None, 10, IsCut: false, Root));
        await bench.RunAsync<InodeReply>(new RemoveFile(inner, new Name("file"), Root));
        await bench.RunAsync<InodeReply>(new RemoveDirectory(outer, new Name("e"), Root));
        await bench.SettleAsync();
        await bench.RunAsync<StatusReply>(new UndeleteFile(file, Root with { RootInode = 0 }));
        await bench.SettleAsync();
        Assert.Equal(file, await FindAsync(await FindAsync(outer, "e"), "file"));
        Assert.Equal(3, bench.State(0).Totals.Get(1)!.Inodes);
    }

    private static MakeNode Make(uint parent, string name) => new(parent, new Name(name), NodeType.File, 0x1FF, 0, 0, Root);

    private static MakeSnapshot Snapshot(uint source, string name, SnapshotModes modes) =>
        new() { Source = source, Parent = 1, Name = new Name(name), Modes = modes, Umask = 0, Caller = Root };

    private async Task<uint> FindAsync(uint directory, string name) => (await bench.RunAsync<LookupReply>(new Lookup(directory, new Name(name), Root))).Inode;
}

using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Tests.Chunks;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Quotas;

public sealed class QuotaTests
{
    private const ulong FullChunk = ChunkShard.ChunkSize + 8192;
    private static readonly Caller Admin = Shard.User(flags: SessionFlags.Admin);
    private readonly Shard shard = new();
    private readonly uint directory;

    public QuotaTests() => directory = shard.MakeDirectory(1, "d");

    [Fact]
    public void A_quota_is_set_merged_read_and_removed()
    {
        var first = shard.Run<QuotaReply>(Set(QuotaFlags.SoftInodes | QuotaFlags.HardLength, soft: new(5, 1, 1, 1), hard: new(9, 1000, 9, 9), grace: 60));
        Assert.Equal(new QuotaRecord(QuotaFlags.SoftInodes | QuotaFlags.HardLength, 60, false, 0, new(5, 0, 0, 0), new(0, 1000, 0, 0)), first.Quota);
        Assert.Equal((60u, false), (first.GraceSeconds, first.IsDefaultGrace));

        var second = shard.Run<QuotaReply>(Set(QuotaFlags.HardInodes, hard: new(7, 0, 0, 0)));
        Assert.Equal((60u, 5u, 7u, 1000ul), (second.GraceSeconds, second.Quota.Soft.Inodes, second.Quota.Hard.Inodes, second.Quota.Hard.Length));

        var third = shard.Run<QuotaReply>(Set(QuotaFlags.SoftInodes | QuotaFlags.HardInodes, removes: true));
        Assert.Equal(QuotaFlags.HardLength, third.Quota.Flags);
        Assert.Equal(QuotaRecord.None, shard.Run<QuotaReply>(Set(QuotaFlags.HardLength, removes: true)).Quota);
        Assert.Empty(shard.State.Quotas.All());
        Assert.Equal(0u, shard.Run<QuotaReply>(new GetQuota(directory, Shard.User())).GraceSeconds);
    }

    [Fact]
    public void Who_may_not_change_quotas_is_refused()
    {
        Assert.Equal(StatusCode.EPerm, shard.Status(Set(QuotaFlags.HardInodes, caller: Shard.User())));
        Assert.Equal(StatusCode.ERofs, shard.Status(Set(QuotaFlags.HardInodes, caller: Shard.User(flags: SessionFlags.Admin | SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(new GetQuota(shard.MakeFile(1, "f"), Admin)));
        Assert.Equal(StatusCode.EPerm, shard.Status(new GetQuota(directory, Shard.User(root: 0))));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new GetQuota(99, Admin)));
        Assert.Equal(StatusCode.Ok, shard.Status(Set(QuotaFlags.None, caller: Shard.User())));
    }

    [Fact]
    public void A_hard_limit_of_objects_counts_the_whole_subtree_but_not_the_directory_itself()
    {
        shard.Run(Set(QuotaFlags.HardInodes, hard: new(2, 0, 0, 0)));
        var below = shard.MakeDirectory(directory, "below");
        shard.MakeFile(below, "a");

        Assert.Equal(StatusCode.Quota, shard.Status(new CreateFile(below, new Name("b"), 0x1FF, 0, Shard.User())));
        Assert.Equal(StatusCode.Quota, shard.Status(new MakeDirectory(directory, new Name("b"), 0x1FF, 0, false, Shard.User())));
        Assert.Equal(StatusCode.Ok, shard.Status(new MakeNode(1, new Name("b"), NodeType.File, 0x1FF, 0, 0, Shard.User())));
    }

    [Fact]
    public void Writing_needs_room_for_a_whole_chunk_and_its_copies()
    {
        var file = shard.MakeFile(directory, "f");
        shard.Run(Set(QuotaFlags.HardSize, hard: new(0, 0, FullChunk - 1, 0)));
        Assert.Equal(StatusCode.Quota, shard.Status(shard.WriteOf(file, 0)));
        shard.Run(Set(QuotaFlags.HardSize, hard: new(0, 0, FullChunk, 0)));
        shard.WriteChunk(file, 0, 10);
        Assert.Equal(StatusCode.Ok, shard.Status(shard.WriteOf(file, 0)));
        Assert.Equal(StatusCode.Quota, shard.Status(shard.WriteOf(file, 1)));

        var other = shard.MakeFile(directory, "g");
        shard.Run(Set(QuotaFlags.HardSize, removes: true));
        shard.Run(Set(QuotaFlags.HardRealSize, hard: new(0, 0, 0, (2 * FullChunk) + (2 * 73728) - 1)));
        Assert.Equal(StatusCode.Quota, shard.Status(shard.WriteOf(other, 0)));
        shard.Run(Set(QuotaFlags.HardRealSize, hard: new(0, 0, 0, (2 * FullChunk) + (2 * 73728))));
        Assert.Equal(StatusCode.Ok, shard.Status(shard.WriteOf(other, 0)));
    }

    [Fact]
    public void Growing_needs_room_for_the_length()
    {
        var file = shard.MakeFile(directory, "f");
        shard.Run(Set(QuotaFlags.HardLength, hard: new(0, 1000, 0, 0)));
        var chunk = shard.Begin(file, 0).Chunk;

        Assert.Equal(StatusCode.Quota, shard.Status(new EndWrite(chunk, file, 0, 1001, 0, Shard.User())));
        shard.End(chunk, file, 0, 1000);
        Assert.Equal(StatusCode.Quota, shard.Status(new SetLength(file, 0, 1001, false, Shard.User())));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, TruncateFlags.Update, 1001, false, Shard.User())));
    }

    [Fact]
    public void A_hard_link_is_refused_when_any_of_its_directories_is_full()
    {
        var file = shard.MakeFile(1, "f");
        shard.Run<NodeReply>(new MakeLink(file, directory, new Name("link"), Shard.User()));
        shard.Run(Set(QuotaFlags.HardLength, hard: new(0, 10, 0, 0)));
        Assert.Equal(StatusCode.Quota, shard.Status(new SetLength(file, 0, 11, false, Shard.User())));
    }

    [Fact]
    public void A_soft_limit_acts_as_a_hard_one_after_its_grace_period()
    {
        shard.Run(Set(QuotaFlags.SoftInodes, soft: new(1, 0, 0, 0), grace: 60));
        shard.MakeFile(directory, "a");
        Assert.Equal(0, shard.Run<CountReply>(new CheckQuotas()).Count);
        shard.MakeFile(directory, "b");
        Assert.Equal(1, shard.Run<CountReply>(new CheckQuotas()).Count);
        shard.Now += 60;
        Assert.Equal(0, shard.Run<CountReply>(new CheckQuotas()).Count);
        shard.MakeFile(directory, "c");
        Assert.Equal(0u, List().SecondsToBlock);
        shard.Now++;
        Assert.Equal(1, shard.Run<CountReply>(new CheckQuotas()).Count);
        Assert.Equal(StatusCode.Quota, shard.Status(new MakeNode(directory, new Name("d"), NodeType.File, 0, 0, 0, Shard.User())));

        shard.Run<InodeReply>(new RemoveFile(directory, new Name("b"), Shard.User()));
        shard.Run<InodeReply>(new RemoveFile(directory, new Name("c"), Shard.User()));
        Assert.Equal(1, shard.Run<CountReply>(new CheckQuotas()).Count);
        Assert.Equal((false, 0u), (shard.State.Quotas.Require(directory).Exceeded, shard.State.Quotas.Require(directory).SoftSince));
    }

    [Fact]
    public void Moving_is_tested_only_where_the_quota_did_not_count_before()
    {
        var inside = shard.MakeDirectory(directory, "inside");
        shard.MakeFile(directory, "a");
        shard.Run(Set(QuotaFlags.HardInodes, hard: new(2, 0, 0, 0)));
        shard.MakeFile(1, "outside");
        Rename Move(uint from, string name, uint to) => new(from, new Name(name), to, new Name(name), RenameMode.Standard, Shard.User());

        Assert.Equal(StatusCode.Ok, shard.Status(Move(directory, "a", inside)));
        Assert.Equal(StatusCode.Quota, shard.Status(Move(1, "outside", inside)));
    }

    [Fact]
    public void Space_is_clipped_by_every_quota_on_the_way()
    {
        var file = shard.MakeFile(directory, "f");
        shard.WriteChunk(file, 0, ChunkShard.ChunkSize);
        shard.Run(Set(QuotaFlags.HardSize, hard: new(0, 0, 10 * FullChunk, 0)));

        var status = shard.Run<FileSystemReply>(new GetFileSystemStatus(1UL << 40, 1UL << 39, 1UL << 39, Shard.User(root: directory)));
        Assert.Equal((10 * FullChunk, 9 * FullChunk), (status.Total, status.Available));
        shard.Run(Set(QuotaFlags.SoftLength, soft: new(0, ChunkShard.ChunkSize - 1, 0, 0)));
        status = shard.Run<FileSystemReply>(new GetFileSystemStatus(1UL << 40, 1UL << 39, 1UL << 39, Shard.User(root: directory)));
        Assert.Equal((ChunkShard.ChunkSize - 1, 0ul), (status.Total, status.Available));
    }

    [Fact]
    public void Quotas_are_listed_with_paths_and_go_with_their_directory()
    {
        var below = shard.MakeDirectory(directory, "below");
        shard.Run(Set(QuotaFlags.HardInodes, hard: new(9, 0, 0, 0), inode: below));
        shard.Run(Set(QuotaFlags.HardInodes, hard: new(9, 0, 0, 0), inode: 1));

        var page = shard.Run<QuotasReply>(new ListQuotas(0, 1));
        Assert.Equal(("/", 1u), (System.Text.Encoding.UTF8.GetString(page.Quotas[0].Path), page.LastInode));
        page = shard.Run<QuotasReply>(new ListQuotas(page.LastInode, 10));
        Assert.Equal(("/d/below", 0xFFFF_FFFF, 0u), (System.Text.Encoding.UTF8.GetString(page.Quotas[0].Path), page.Quotas[0].SecondsToBlock, page.LastInode));
        shard.Run<InodeReply>(new RemoveDirectory(directory, new Name("below"), Shard.User()));
        Assert.Single(shard.State.Quotas.All());
    }

    private ListedQuota List() => shard.Run<QuotasReply>(new ListQuotas(0, 10)).Quotas.Single();

    private SetQuota Set(
        QuotaFlags flags, QuotaAmounts soft = default, QuotaAmounts hard = default, uint grace = SetQuota.KeepGrace, bool removes = false, Caller? caller = null, uint? inode = null) => new()
    {
        Inode = inode ?? directory,
        Flags = flags,
        Removes = removes,
        GraceSeconds = grace,
        Soft = soft,
        Hard = hard,
        Caller = caller ?? Admin,
    };
}

using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Chunks;

public sealed class SnapshotTests
{
    private readonly Shard shard = new();
    private readonly uint source;
    private readonly uint file;
    private readonly ulong[] chunks;

    public SnapshotTests()
    {
        source = shard.MakeDirectory(1, "source");
        file = shard.MakeFile(source, "f", caller: Shard.User(uid: 5));
        chunks = [shard.WriteChunk(file, 0, 1), shard.WriteChunk(file, 70, (70 * ChunkShard.ChunkSize) + 5)];
        shard.MakeFile(shard.MakeDirectory(source, "below"), "g");
        shard.Now += 100;
    }

    [Fact]
    public void Copies_share_chunks_until_they_are_written()
    {
        shard.Run(Snapshot("copy"));

        var copy = Find("copy/f");
        Assert.Equal(shard.Inode(file).Length, shard.Inode(copy).Length);
        Assert.Equal(chunks, shard.State.ChunksOf(copy, shard.Inode(copy), 0, ulong.MaxValue).Select(static c => c.Chunk));
        Assert.All(chunks, c => Assert.Equal(2u, shard.Chunk(c).References));
        Assert.Equal(ChunkWorkKind.Duplicate, shard.Begin(copy, 70).Work.Kind);
        Assert.Equal(chunks[1], shard.Slot(file, 70).Chunk!.Id);
        Audit.Check(shard.State);
    }

    [Fact]
    public void Copies_have_the_attributes_of_the_originals_and_the_mark()
    {
        shard.Run(new SetXattr { Inode = file, Name = new Name("user.a"), Value = [1], Mode = 0, Opened = false, Caller = Shard.User() });
        shard.Run(new SetXattr { Inode = file, Name = new Name("user.b"), Value = [2], Mode = 0, Opened = false, Caller = Shard.User() });
        var original = shard.Inode(file);

        shard.Run(Snapshot("copy"));

        var copy = shard.Inode(Find("copy/f"));
        Assert.Equal(original with { Parent = copy.Parent, ParentEdge = copy.ParentEdge, ExtraAttributes = ExtraAttributes.Snapshot }, copy);
        Assert.Equal(shard.State.ListXattrs(file), shard.State.ListXattrs(Find("copy/f")));
        Assert.Equal(shard.Inode(source).ModificationTime, shard.Inode(Find("copy")).ModificationTime);
        Assert.True(shard.Inode(Find("copy/below")).Has(ExtraAttributes.Snapshot));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Somebody_elses_copies_are_his_and_leave_out_what_he_cannot_read()
    {
        shard.MakeFile(source, "secret", mode: 0x180, caller: Shard.User(uid: 5));
        shard.Run<NodeReply>(new SetAttributes { Inode = file, Changes = SetAttributesMask.Mode, Mode = 0xDFF, Caller = Shard.User() });

        shard.Run(Snapshot("copy", caller: Shard.User(uid: 7)));

        var copy = shard.Inode(Find("copy/f"));
        Assert.Equal((7u, 7u, 0x1FF), (copy.Uid, copy.Gid, copy.Mode & 0xFFF));
        Assert.Null(shard.Find(Find("copy"), "secret"));
    }

    [Fact]
    public void Copy_like_attributes_are_the_callers()
    {
        shard.Run(Snapshot("copy", SnapshotModes.CopyLike, umask: 0x3F));
        var copy = shard.Inode(Find("copy/f"));
        Assert.Equal((0u, 0x1C0, shard.Now), (copy.Uid, copy.Mode & 0xFFF, copy.ModificationTime));
    }

    [Fact]
    public void Hard_links_inside_are_kept_on_demand()
    {
        shard.Run<NodeReply>(new MakeLink(file, source, new Name("link"), Shard.User()));
        shard.Run(Snapshot("apart"));
        shard.Run(Snapshot("linked", SnapshotModes.PreserveHardLinks));

        Assert.NotEqual(Find("apart/f"), Find("apart/link"));
        Assert.Equal(Find("linked/f"), Find("linked/link"));
        Assert.Equal((1u, 2u), (shard.Inode(Find("apart/f")).LinkCount, shard.Inode(Find("linked/f")).LinkCount));
        Assert.Equal(4u, shard.Chunk(chunks[0]).References);
        Audit.Check(shard.State);
    }

    [Fact]
    public void What_exists_is_overwritten_only_on_demand_and_the_same_stays()
    {
        shard.Run(Snapshot("copy"));
        Assert.Equal(StatusCode.EExist, shard.Status(Snapshot("copy")));
        var same = Find("copy/f");
        shard.Run(Snapshot("copy", SnapshotModes.Overwrite));
        Assert.Equal(same, Find("copy/f"));

        shard.WriteChunk(same, 0, 0);
        shard.Run(Snapshot("copy", SnapshotModes.Overwrite));
        Assert.NotEqual(same, Find("copy/f"));
        Assert.Equal(NodeType.Trash, shard.Inode(same).Type);
        Audit.Check(shard.State);
    }

    [Fact]
    public void Impossible_snapshots_are_refused()
    {
        Assert.Equal(StatusCode.EInval, shard.Status(Snapshot("x") with { Parent = source }));
        Assert.Equal(StatusCode.EInval, shard.Status(Snapshot("x") with { Parent = Find("source/below") }));
        Assert.Equal(StatusCode.EInval, shard.Status(Snapshot("source")));
        Assert.Equal(StatusCode.EInval, shard.Status(Snapshot("a/b")));
        Assert.Equal(StatusCode.EInval, shard.Status(Snapshot("x") with { Source = 0 }));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(Snapshot("x") with { Source = 99 }));
        Assert.Equal(StatusCode.EPerm, shard.Status(Snapshot("x") with { Parent = file }));
        Assert.Equal(StatusCode.ERofs, shard.Status(Snapshot("x", caller: Shard.User(flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(Snapshot("x", caller: Shard.User(disables: DisabledOperations.Snapshot))));
        shard.MakeFile(1, "taken");
        Assert.Equal(StatusCode.EPerm, shard.Status(Snapshot("taken", SnapshotModes.Overwrite)));
        shard.State.Settings = shard.State.Settings with { MaxSnapshotObjects = 3 };
        shard.State.Commit(success: true);
        Assert.Equal(StatusCode.ERange, shard.Status(Snapshot("x")));
    }

    [Fact]
    public void Quotas_need_room_for_what_is_new()
    {
        var room = shard.MakeDirectory(1, "room");
        SetQuota(room, 4);
        Assert.Equal(StatusCode.Ok, shard.Status(Snapshot("copy") with { Parent = room }));
        Assert.Equal(StatusCode.Quota, shard.Status(Snapshot("other") with { Parent = room }));
        Assert.Equal(StatusCode.Ok, shard.Status(Snapshot("copy", SnapshotModes.Overwrite) with { Parent = room }));
        SetQuota(room, 9);
        SetQuota(Find("room/copy"), 3);
        shard.MakeFile(source, "more");
        Assert.Equal(StatusCode.Quota, shard.Status(Snapshot("copy", SnapshotModes.Overwrite) with { Parent = room }));
    }

    [Fact]
    public void Snapshots_are_removed_past_the_trash_all_or_nothing()
    {
        shard.Run(Snapshot("copy"));
        var added = shard.MakeFile(Find("copy/below"), "mine");
        Assert.Equal(StatusCode.EPerm, shard.Status(Removal(SnapshotModes.None)));
        shard.Run(Removal(SnapshotModes.ForceRemoval));

        Assert.Equal(added, Find("copy/below/mine"));
        Assert.Null(shard.Find(Find("copy"), "f"));
        Assert.Empty(shard.State.Detached.All());
        Assert.Equal(1u, shard.Chunk(chunks[0]).References);
        shard.Run(Snapshot("copy2"));
        shard.Run(Removal(SnapshotModes.None) with { Name = new Name("copy2") });
        Assert.Null(shard.Find(1, "copy2"));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(Removal(SnapshotModes.None) with { Name = new Name("copy2") }));
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_very_deep_tree_is_copied_and_removed()
    {
        var top = shard.MakeDirectory(1, "deep");
        var directory = top;
        for (var i = 0; i < 3000; i++)
        {
            directory = shard.MakeDirectory(directory, "d");
        }

        shard.Run(Snapshot("copy") with { Source = top });
        shard.Run(Removal(SnapshotModes.None));
        Assert.Null(shard.Find(1, "copy"));
    }

    private MakeSnapshot Snapshot(string name, SnapshotModes modes = SnapshotModes.None, Caller? caller = null, ushort umask = 0) =>
        new() { Source = source, Parent = 1, Name = new Name(name), Modes = modes, Umask = umask, Caller = caller ?? Shard.User() };

    private static RemoveSnapshot Removal(SnapshotModes modes) => new(1, new Name("copy"), modes, Shard.User());

    private void SetQuota(uint directory, uint inodes)
    {
        shard.State.SetQuota(directory, new QuotaRecord(QuotaFlags.HardInodes, 0, false, 0, default, new QuotaAmounts(inodes, 0, 0, 0)));
        shard.State.Commit(success: true);
    }

    private uint Find(string path)
    {
        var number = 1u;
        foreach (var part in path.Split('/'))
        {
            number = shard.Find(number, part) ?? throw new InvalidOperationException($"{path} is missing");
        }

        return number;
    }
}

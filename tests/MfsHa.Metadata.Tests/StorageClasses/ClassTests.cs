using System.Globalization;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Tests.Chunks;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.StorageClasses;

public sealed class ClassTests
{
    private static readonly Caller Admin = Shard.User(flags: SessionFlags.Admin);
    private readonly Shard shard = new();

    [Fact]
    public void The_goals_one_to_nine_exist_and_stay()
    {
        var classes = List();
        Assert.Equal(Enumerable.Range(1, 9), classes.Select(static c => (int)c.Class.Id));
        Assert.All(classes, static c => Assert.Equal(c.Class.Id, c.Class.Keep.Labels.Length));
        Assert.Equal(StatusCode.EPerm, shard.Status(new DeleteStorageClass(new Name("3"), Admin)));
        Assert.Equal(StatusCode.EPerm, shard.Status(new RenameStorageClass(new Name("3"), new Name("x"), Admin)));
        Assert.Equal(StatusCode.EPerm, shard.Status(new ChangeStorageClass(ClassChanges.AdminOnly, Class("3"), Admin)));
        Assert.Equal(StatusCode.Ok, shard.Status(new ChangeStorageClass(ClassChanges.AdminOnly | ClassChanges.Force, Class("3") with { AdminOnly = true }, Admin)));
        Assert.True(shard.State.StorageClassOf(3)!.AdminOnly);
        Assert.Equal(9, List().Length);
    }

    [Fact]
    public void Classes_are_made_changed_copied_renamed_and_deleted()
    {
        shard.Run(new CreateStorageClass(Class("fast"), Admin));
        shard.Run(new DuplicateStorageClass(new Name("fast"), new Name("slow"), Admin));
        Assert.Equal([10, 11], List().Where(static c => c.Class.Id > 9).Select(static c => (int)c.Class.Id));
        shard.Run(new RenameStorageClass(new Name("slow"), new Name("cold"), Admin));
        var changed = shard.Run<StorageClassesReply>(new ChangeStorageClass(ClassChanges.Priority | ClassChanges.Keep, Class("cold") with { Priority = 5, Keep = StorageMode.Copies(4), AdminOnly = true }, Admin));
        Assert.Equal((5u, 4, false), (changed.Classes[0].Class.Priority, changed.Classes[0].Class.Keep.Labels.Length, changed.Classes[0].Class.AdminOnly));
        shard.Run(new DeleteStorageClass(new Name("fast"), Admin));
        shard.Run(new CreateStorageClass(Class("new"), Admin));
        Assert.Equal(10, shard.State.FindStorageClass(new Name("new"))!.Id);
        Assert.Equal(StatusCode.NoSuchClass, shard.Status(new FindStorageClass(new Name("fast"))));
        Assert.Equal(11, shard.Run<StorageClassesReply>(new FindStorageClass(new Name("cold"))).Classes[0].Class.Id);
    }

    [Fact]
    public void Only_administrators_change_classes_and_only_to_valid_ones()
    {
        Assert.Equal(StatusCode.EPermNotAdmin, shard.Status(new CreateStorageClass(Class("a"), Shard.User())));
        Assert.Equal(StatusCode.EPermNotAdmin, shard.Status(new ChangeStorageClass(ClassChanges.Force, Class("1"), Shard.User())));
        Assert.Equal(StatusCode.Ok, shard.Status(new ChangeStorageClass(ClassChanges.None, Class("1"), Shard.User())));
        Assert.Equal(StatusCode.ClassExists, shard.Status(new CreateStorageClass(Class("1"), Admin)));
        Assert.Equal(StatusCode.EInval, shard.Status(new CreateStorageClass(Class(" a"), Admin)));
        Assert.Equal(StatusCode.EInval, shard.Status(new CreateStorageClass(Class(""), Admin)));
        Assert.Equal(StatusCode.EInval, shard.Status(new CreateStorageClass(Class("a") with { Keep = StorageMode.Undefined }, Admin)));
        Assert.Equal(StatusCode.EInval, shard.Status(new CreateStorageClass(Class("a") with { Keep = StorageMode.Copies(10) }, Admin)));
        Assert.Equal(StatusCode.EInval, shard.Status(new CreateStorageClass(Class("a") with { Keep = new StorageMode { Labels = [[0x80]] } }, Admin)));
        Assert.Equal(StatusCode.IncompatVersion, shard.Status(new CreateStorageClass(Class("a") with { Archive = StorageMode.Copies(1) with { ErasureCoding = 0x81 } }, Admin)));
        Assert.Equal(StatusCode.NoSuchClass, shard.Status(new DeleteStorageClass(new Name("zz"), Admin)));
        Assert.Equal(StatusCode.NoSuchClass, shard.Status(new DuplicateStorageClass(new Name("zz"), new Name("y"), Admin)));
        Assert.Equal(StatusCode.ClassExists, shard.Status(new DuplicateStorageClass(new Name("1"), new Name("2"), Admin)));
    }

    [Fact]
    public void There_are_at_most_255_classes()
    {
        for (var i = 10; i <= 255; i++)
        {
            shard.Run(new CreateStorageClass(Class($"c{i.ToString(CultureInfo.InvariantCulture)}"), Admin));
        }

        Assert.Equal(StatusCode.ClassLimitReach, shard.Status(new CreateStorageClass(Class("more"), Admin)));
        Assert.Equal(StatusCode.ClassLimitReach, shard.Status(new DuplicateStorageClass(new Name("1"), new Name("more"), Admin)));
    }

    [Fact]
    public void A_class_in_use_is_not_deleted()
    {
        shard.Run(new CreateStorageClass(Class("fast"), Admin));
        var file = shard.MakeFile(1, "f");
        shard.Run<ChangeCountsReply>(Set(file, "fast"));

        Assert.Equal(StatusCode.ClassInUse, shard.Status(new DeleteStorageClass(new Name("fast"), Admin)));
        Assert.Equal(new ClassUsage(1, 0), List().Single(static c => c.Class.Id == 10).Usage);
        Assert.Equal(new ClassUsage(0, 1), List().Single(static c => c.Class.Id == 2).Usage);
        shard.Run<InodeReply>(new RemoveFile(1, new Name("f"), Shard.User()));
        shard.Run(new DeleteStorageClass(new Name("fast"), Admin));
    }

    [Fact]
    public void Setting_a_class_moves_files_chunks_totals_and_counts()
    {
        var file = shard.MakeFile(1, "f");
        var chunk = shard.WriteChunk(file, 0, 65536);
        shard.Now += 3;

        var reply = shard.Run<ChangeCountsReply>(Set(1, "3", SetModes.Recursive));

        Assert.Equal((2ul, 0ul, 0u), (reply.Changed, reply.NotChanged, reply.NotPermitted));
        Assert.Equal((3, shard.Now, 3), (shard.Inode(file).StorageClass, shard.Inode(file).ChangeTime, shard.Chunk(chunk).StorageClass));
        Assert.Equal((65536 + 8192) * 3, shard.State.Totals.Require(1).RealSize);
        Assert.Equal(new ClassUsage(1, 1), shard.State.ClassUsages.Require(3));
        Assert.Equal((0ul, 2ul), (shard.Run<ChangeCountsReply>(Set(1, "3", SetModes.Recursive)).Changed, shard.Run<ChangeCountsReply>(Set(1, "3", SetModes.Recursive)).NotChanged));
        Assert.Equal(3, shard.Inode(shard.MakeFile(1, "new")).StorageClass);
    }

    [Fact]
    public void A_shared_chunk_follows_the_strongest_of_its_files()
    {
        var file = shard.MakeFile(1, "f");
        var chunk = shard.WriteChunk(file, 0, 65536);
        var copy = shard.MakeFile(1, "copy");
        shard.Append(copy, file);
        shard.Append(copy, file);

        shard.Run<ChangeCountsReply>(Set(copy, "4"));
        Assert.Equal((4, 3u), (shard.Chunk(chunk).StorageClass, shard.Chunk(chunk).References));
        shard.Run<ChangeCountsReply>(Set(file, "9"));
        Assert.Equal(9, shard.Chunk(chunk).StorageClass);
        shard.Run<ChangeCountsReply>(Set(file, "1"));
        Assert.Equal(4, shard.Chunk(chunk).StorageClass);
        shard.Truncate(copy, 0);
        Assert.Equal((1, 1u), (shard.Chunk(chunk).StorageClass, shard.Chunk(chunk).References));
        Assert.Null(shard.Chunk(chunk).Classes);
    }

    [Fact]
    public void Modes_compare_and_exchange()
    {
        var file = shard.MakeFile(1, "f");
        Assert.Equal(0ul, shard.Run<ChangeCountsReply>(Set(file, "1", SetModes.Increase)).Changed);
        Assert.Equal(1ul, shard.Run<ChangeCountsReply>(Set(file, "1", SetModes.Decrease)).Changed);
        Assert.Equal(1ul, shard.Run<ChangeCountsReply>(Set(file, "5", SetModes.Increase)).Changed);
        Assert.Equal(0ul, shard.Run<ChangeCountsReply>(Set(file, "6", SetModes.Exchange) with { OldName = new Name("4") }).Changed);
        Assert.Equal(1ul, shard.Run<ChangeCountsReply>(Set(file, "6", SetModes.Exchange) with { OldName = new Name("5") }).Changed);
        shard.Run(new CreateStorageClass(Class("fast"), Admin));
        Assert.Equal(StatusCode.EInval, shard.Status(Set(file, "fast", SetModes.Increase)));
        Assert.Equal(StatusCode.EInval, shard.Status(Set(file, "3", (SetModes)8)));
        Assert.Equal(StatusCode.NoSuchClass, shard.Status(Set(file, "zz")));
        Assert.Equal(StatusCode.NoSuchClass, shard.Status(Set(file, "3", SetModes.Exchange) with { OldName = new Name("zz") }));
    }

    [Fact]
    public void Rights_of_all_kinds_are_respected()
    {
        var file = shard.MakeFile(1, "f", caller: Shard.User(uid: 5));
        shard.Run(new CreateStorageClass(Class("special") with { AdminOnly = true, ExportGroup = 12 }, Admin));

        Assert.Equal(StatusCode.EPerm, shard.Status(Set(file, "3", caller: Shard.User(uid: 6))));
        Assert.Equal(StatusCode.EPerm, shard.Status(Set(file, "special")));
        Assert.Equal(StatusCode.EPerm, shard.Status(Set(file, "special", caller: Admin) with { AllowedGroups = 0xEFFF }));
        Assert.Equal(StatusCode.Ok, shard.Status(Set(file, "special", caller: Admin)));
        Assert.Equal(StatusCode.EPerm, shard.Status(Set(file, "3", caller: Shard.User(uid: 5))));
        Assert.Equal(StatusCode.ERofs, shard.Status(Set(file, "3", caller: Shard.User(flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(Set(file, "3", caller: Shard.User(disables: DisabledOperations.SetStorageClass))));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(Set(99, "3")));
        var recursive = shard.Run<ChangeCountsReply>(Set(1, "3", SetModes.Recursive, Shard.User(uid: 6)));
        Assert.Equal((0ul, 2u), (recursive.Changed, recursive.NotPermitted));
    }

    [Fact]
    public void More_copies_need_room_in_quotas()
    {
        var directory = shard.MakeDirectory(1, "d");
        var file = shard.MakeFile(directory, "f");
        shard.WriteChunk(file, 0, 65536);
        shard.Run(new MfsHa.Metadata.Quotas.SetQuota { Inode = directory, Flags = QuotaFlags.HardRealSize, Hard = new(0, 0, 0, 73728 * 3), Caller = Admin });

        Assert.Equal(StatusCode.Quota, shard.Status(Set(directory, "4", SetModes.Recursive)));
        Assert.Equal(2, shard.Inode(file).StorageClass);
        Assert.Equal(StatusCode.Ok, shard.Status(Set(directory, "3", SetModes.Recursive)));
    }

    [Fact]
    public void Large_trees_are_changed_and_counted_in_steps()
    {
        const int files = TreeWalk.MaxChanges / 3;
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            var directory = shard.MakeDirectory(1, name);
            for (var i = 0; i < files; i++)
            {
                shard.MakeFile(directory, i.ToString(CultureInfo.InvariantCulture));
            }
        }

        ulong changed = 0;
        var steps = 0;
        TreeCursor? from = null;
        do
        {
            var reply = shard.Run<ChangeCountsReply>(Set(1, "3", SetModes.Recursive) with { From = from });
            Assert.True(reply.Changed <= TreeWalk.MaxChanges);
            changed += reply.Changed;
            from = reply.Next;
            steps++;
        }
        while (from is not null);

        Assert.Equal((5ul + (4 * files), 2), (changed, steps));
        var counts = shard.Run<ValueCountsReply>(new GetStorageClasses(1, GetMode.Recursive, null, Shard.User()));
        Assert.Equal([new ValueCount(3, 4 * files)], counts.Files);
        Assert.Equal([new ValueCount(3, 5)], counts.Directories);
        Assert.Equal([new ValueCount(3, 1)], shard.Run<ValueCountsReply>(new GetStorageClasses(1, GetMode.Normal, null, Shard.User())).Directories);
    }

    private UsedStorageClass[] List() => shard.Run<StorageClassesReply>(new ListStorageClasses()).Classes;

    private static StorageClassRecord Class(string name) => new() { Id = 0, Name = new Name(name), Keep = StorageMode.Copies(2) };

    private static SetStorageClass Set(uint inode, string name, SetModes modes = SetModes.Set, Caller? caller = null) =>
        new() { Inode = inode, Modes = modes, NewName = new Name(name), Caller = caller ?? Shard.User() };
}

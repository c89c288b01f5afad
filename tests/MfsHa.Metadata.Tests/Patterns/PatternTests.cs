using System.Globalization;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Patterns;

public sealed class PatternTests
{
    private static readonly Caller Admin = Shard.User(flags: SessionFlags.Admin);
    private readonly Shard shard = new();

    [Fact]
    public void New_and_renamed_objects_get_what_the_pattern_of_greatest_priority_says()
    {
        Add("*.tmp", priority: 5, storageClass: "3", hours: 7);
        Add("a*.tmp", priority: 6, sets: ExtraAttributes.NoOwner | ExtraAttributes.NoEntryCache);
        var plain = shard.CreateFile(1, "plain");
        var file = shard.Inode(shard.CreateFile(1, "b.tmp"));
        var directory = shard.Inode(shard.MakeDirectory(1, "d.tmp"));
        var other = shard.Inode(shard.CreateFile(1, "a.tmp"));
        var otherDirectory = shard.Inode(shard.MakeDirectory(1, "aa.tmp"));
        Assert.Equal((3, 7), (file.StorageClass, file.TrashHours));
        Assert.Equal((3, 7), (directory.StorageClass, directory.TrashHours));
        Assert.Equal((2, 24, ExtraAttributes.NoOwner), (other.StorageClass, other.TrashHours, other.ExtraAttributes));
        Assert.Equal(ExtraAttributes.NoOwner | ExtraAttributes.NoEntryCache, otherDirectory.ExtraAttributes);
        Assert.Equal((2, 24), (shard.Inode(plain).StorageClass, shard.Inode(plain).TrashHours));

        shard.Run(new Rename(1, new Name("plain"), 1, new Name("plain.tmp"), RenameMode.Standard, Shard.User()));
        Assert.Equal((3, 7), (shard.Inode(plain).StorageClass, shard.Inode(plain).TrashHours));
        shard.Run(new Rename(1, new Name("plain.tmp"), 1, new Name("plain"), RenameMode.Standard, Shard.User()));
        Assert.Equal(3, shard.Inode(plain).StorageClass);
        var usages = shard.Run<StorageClassesReply>(new ListStorageClasses()).Classes.ToDictionary(static c => (int)c.Class.Id, static c => c.Usage);
        Assert.Equal((2, 1), (usages[3].Files, usages[3].Directories));
        Assert.Equal((1, 2), (usages[2].Files, usages[2].Directories));
    }

    [Fact]
    public void Patterns_are_about_users_and_groups()
    {
        Add("*", uid: 7, hours: 1);
        Add("*", gid: 9, hours: 2);
        Assert.Equal(1, shard.Inode(shard.CreateFile(1, "a", caller: Shard.User(7))).TrashHours);
        Assert.Equal(2, shard.Inode(shard.CreateFile(1, "b", caller: Shard.User(8, [8, 9]))).TrashHours);
        Assert.Equal(2, shard.Inode(shard.CreateFile(1, "c", caller: Shard.User(9))).TrashHours);
        Assert.Equal(24, shard.Inode(shard.CreateFile(1, "d", caller: Shard.User(10))).TrashHours);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Equal(StatusCode.EPermNotAdmin, shard.Status(new AddPattern(Pattern("a"), default, Shard.User())));
        Assert.Equal(StatusCode.EPermNotAdmin, shard.Status(new DeletePattern(new Name("a"), 0, 0, Shard.User())));
        Assert.Equal(StatusCode.NoSuchClass, shard.Status(new AddPattern(Pattern("") with { Applies = PatternSettings.StorageClass }, new Name("zz"), Admin)));
        Assert.Equal(StatusCode.EInval, shard.Status(new AddPattern(Pattern(""), default, Admin)));
        Assert.Equal(StatusCode.EInval, shard.Status(new AddPattern(Pattern("a") with { Applies = PatternSettings.ExtraAttributes }, default, Admin)));
        var contradiction = Pattern("a") with { Applies = PatternSettings.ExtraAttributes, Sets = ExtraAttributes.NoOwner, Clears = ExtraAttributes.NoOwner };
        Assert.Equal(StatusCode.EInval, shard.Status(new AddPattern(contradiction, default, Admin)));
        Add("a");
        Add("a", uid: 1);
        Assert.Equal(StatusCode.PatternExists, shard.Status(new AddPattern(Pattern("a"), default, Admin)));
        Assert.Equal(StatusCode.NoSuchPattern, shard.Status(new DeletePattern(new Name("a"), 2, NamePattern.Anybody, Admin)));
        shard.Run(new DeletePattern(new Name("a"), 1, NamePattern.Anybody, Admin));
        Assert.Equal(StatusCode.NoSuchPattern, shard.Status(new DeletePattern(new Name("a"), 1, NamePattern.Anybody, Admin)));
        for (var i = List().Length; i < PatternTable.MostPatterns; i++)
        {
            Add(i.ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal(StatusCode.PatternLimitReached, shard.Status(new AddPattern(Pattern("one more"), default, Admin)));
    }

    [Fact]
    public void Lists_are_in_the_order_of_priority_and_name_the_classes()
    {
        Add("b", priority: 1);
        Add("a", priority: 1);
        Add("c", priority: 1, storageClass: "4");
        Add("z", priority: 2);
        Assert.Equal(["z", "a", "b", "c4"], List().Select(static p => $"{p.Pattern.Glob}{p.ClassName}"));
        shard.Run(new CreateStorageClass(new StorageClassRecord { Id = 0, Name = new Name("own"), Keep = StorageMode.Copies(1), ArchiveMode = 1 }, Admin));
        Add("d", storageClass: "own");
        shard.Run(new DeleteStorageClass(new Name("own"), Admin));
        Assert.Equal(["z", "a", "b", "c4"], List().Select(static p => $"{p.Pattern.Glob}{p.ClassName}"));
        shard.CreateFile(1, "d");
    }

    private static NamePattern Pattern(string glob) => new(new Name(glob), NamePattern.Anybody, NamePattern.Anybody, 0, PatternSettings.None, 0, 0, ExtraAttributes.None, ExtraAttributes.None);

    private ListedPattern[] List() => shard.Run<PatternsReply>(new ListPatterns()).Patterns;

    private void Add(
        string glob, uint uid = NamePattern.Anybody, uint gid = NamePattern.Anybody, byte priority = 0, string? storageClass = null, ushort? hours = null, ExtraAttributes sets = ExtraAttributes.None)
    {
        var applies = (storageClass is null ? PatternSettings.None : PatternSettings.StorageClass)
            | (hours is null ? PatternSettings.None : PatternSettings.TrashRetention)
            | (sets == ExtraAttributes.None ? PatternSettings.None : PatternSettings.ExtraAttributes);
        var pattern = Pattern(glob) with { Uid = uid, Gid = gid, Priority = priority, Applies = applies, TrashHours = hours ?? 0, Sets = sets };
        shard.Run(new AddPattern(pattern, storageClass is null ? default : new Name(storageClass), Admin));
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class RemovalTests
{
    private readonly Shard shard = new();

    [Fact]
    public void Unlink_and_rmdir_take_only_their_kind()
    {
        var directory = shard.MakeDirectory(1, "d");
        shard.MakeFile(1, "f");
        Assert.Equal(StatusCode.EPerm, Unlink(1, "d"));
        Assert.Equal(StatusCode.ENotDir, RemoveDirectory(1, "f"));
        shard.MakeFile(directory, "x");
        Assert.Equal(StatusCode.ENotEmpty, RemoveDirectory(1, "d"));
        Assert.Equal(StatusCode.ENoEnt, Unlink(1, "absent"));
        Assert.Equal(StatusCode.EInval, Unlink(1, ".."));
        Assert.Equal(StatusCode.ENotDir, Unlink(shard.Find(1, "f")!.Value, "x"));
        Assert.Equal(directory, shard.Run<InodeReply>(new RemoveDirectory(1, new Name(Emptied()), Shard.User())).Inode);

        string Emptied()
        {
            shard.Run(new RemoveFile(directory, new Name("x"), Shard.User()));
            return "d";
        }
    }

    [Theory]
    [InlineData(10u, 11u, StatusCode.Ok)]
    [InlineData(11u, 10u, StatusCode.Ok)]
    [InlineData(11u, 11u, StatusCode.EPerm)]
    [InlineData(0u, 0u, StatusCode.EPerm)]
    public void In_a_sticky_directory_its_owner_and_the_objects_owner_remove(uint directoryOwner, uint fileOwner, StatusCode expected)
    {
        var sticky = shard.MakeDirectory(1, "tmp", 0x3FF, Shard.User(directoryOwner));
        shard.MakeFile(sticky, "f", caller: Shard.User(fileOwner));
        Assert.Equal(expected, Unlink(sticky, "f", Shard.User(10)));
    }

    [Fact]
    public void Sticky_bits_do_not_bind_root_nor_objects_without_owner()
    {
        var sticky = shard.MakeDirectory(1, "tmp", 0x3FF, Shard.User(12));
        shard.Set(shard.MakeFile(sticky, "a", caller: Shard.User(12)), ExtraAttributes.NoOwner);
        shard.MakeFile(sticky, "b", caller: Shard.User(12));
        Assert.Equal(StatusCode.Ok, Unlink(sticky, "a", Shard.User(10)));
        Assert.Equal(StatusCode.Ok, Unlink(sticky, "b"));
    }

    [Theory]
    [InlineData(ExtraAttributes.Undeletable)]
    [InlineData(ExtraAttributes.AppendOnly)]
    [InlineData(ExtraAttributes.Immutable)]
    public void Protected_objects_stay(ExtraAttributes protection)
    {
        shard.Set(shard.MakeFile(1, "f"), protection);
        shard.Set(shard.MakeDirectory(1, "d"), protection);
        Assert.Equal(StatusCode.EPerm, Unlink(1, "f"));
        Assert.Equal(StatusCode.EPerm, RemoveDirectory(1, "d"));
    }

    [Theory]
    [InlineData(ExtraAttributes.Undeletable, StatusCode.Ok)]
    [InlineData(ExtraAttributes.AppendOnly, StatusCode.EPerm)]
    [InlineData(ExtraAttributes.Immutable, StatusCode.EPerm)]
    public void Some_directories_keep_their_entries(ExtraAttributes protection, StatusCode expected)
    {
        var directory = shard.MakeDirectory(1, "d");
        shard.MakeFile(directory, "f");
        shard.Set(directory, protection);
        Assert.Equal(expected, Unlink(directory, "f"));
    }

    [Fact]
    public void Sessions_and_permissions_refuse()
    {
        var directory = shard.MakeDirectory(1, "d", 0x1ED);
        shard.MakeFile(directory, "f");
        Assert.Equal(StatusCode.ERofs, Unlink(directory, "f", Shard.User(flags: SessionFlags.ReadOnly)));
        Assert.Equal(StatusCode.EPerm, Unlink(directory, "f", Shard.User(disables: DisabledOperations.Unlink)));
        Assert.Equal(StatusCode.EPerm, RemoveDirectory(1, "d", Shard.User(disables: DisabledOperations.RemoveDirectory)));
        Assert.Equal(StatusCode.EAcces, Unlink(directory, "f", Shard.User(10)));
        Assert.Equal(StatusCode.ENoEnt, Unlink(999, "f"));
    }

    [Fact]
    public void Removing_touches_the_directory_and_what_remains_of_the_object()
    {
        var file = shard.MakeFile(1, "a");
        shard.Run(new MakeLink(file, 1, new Name("b"), Shard.User()));
        shard.Now += 10;
        Assert.Equal(StatusCode.Ok, Unlink(1, "a"));
        Assert.Equal((shard.Now, shard.Now), (shard.Inode(1).ModificationTime, shard.Inode(file).ChangeTime));
        Assert.Equal(Shard.Begin, shard.Inode(file).ModificationTime);
    }

    private StatusCode Unlink(uint parent, string name, Caller? caller = null) => shard.Status(new RemoveFile(parent, new Name(name), caller ?? Shard.User()));

    private StatusCode RemoveDirectory(uint parent, string name, Caller? caller = null) =>
        shard.Status(new RemoveDirectory(parent, new Name(name), caller ?? Shard.User()));
}

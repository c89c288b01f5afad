using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class TreeTests
{
    [Fact]
    public void A_new_root_is_empty_and_open_to_everybody()
    {
        var root = new Shard().Attributes(1);
        Assert.Equal((NodeType.Directory, 0x1FF, 0u, 0u, 2u, 1ul), (root.Type, root.Mode, root.Uid, root.Gid, root.LinkCount, root.Length));
        Assert.Equal((Shard.Begin, Shard.Begin, Shard.Begin), (root.AccessTime, root.ModificationTime, root.ChangeTime));
    }

    [Fact]
    public void What_is_created_is_found_listed_and_counted_until_it_is_removed()
    {
        var shard = new Shard();
        var directory = shard.MakeDirectory(1, "d");
        var file = shard.CreateFile(directory, "f");
        Assert.Equal(directory, shard.Find(1, "d"));
        Assert.Equal(file, shard.Find(directory, "f"));
        Assert.Equal(3u, shard.Attributes(1).LinkCount);
        var listing = shard.Run<DirectoryReply>(new ReadDirectory(1, ReadDirectoryFlags.WithAttributes, uint.MaxValue, 0, Shard.User()));
        Assert.Equal([".", "..", "d"], listing.Entries.Select(e => e.Name.ToString()));
        Assert.Equal(StatusCode.ENotEmpty, shard.Status(new RemoveDirectory(1, new Name("d"), Shard.User())));
        shard.Run(new RemoveFile(directory, new Name("f"), Shard.User()));
        shard.Run(new RemoveDirectory(1, new Name("d"), Shard.User()));
        Assert.Null(shard.Find(1, "d"));
        Assert.Equal(2u, shard.Attributes(1).LinkCount);
    }
}

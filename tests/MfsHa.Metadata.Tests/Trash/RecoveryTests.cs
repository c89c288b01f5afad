using System.Text;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Trash;

/// <summary>What mfstrashtool does on ordinary sessions; the names of recovered files were seen at a real mfsmaster 4.56.6.</summary>
public sealed class RecoveryTests
{
    private readonly Shard shard = new();
    private readonly uint directory;

    public RecoveryTests() => directory = shard.MakeDirectory(1, "w");

    [Fact]
    public void A_file_comes_back_and_a_name_that_is_taken_gets_a_number()
    {
        var (first, second, third) = (Deleted("one.txt"), Deleted("one.txt"), Deleted("one.txt"));
        Assert.Equal(StatusReply.Ok, shard.Run<StatusReply>(Recover(first, "w/one.txt")));
        Assert.Equal("w/one (1).txt", Encoding.UTF8.GetString(shard.Run<TrashPathReply>(Recover(second, "w/one.txt")).Path));
        Assert.Equal("w/one (2).txt", Encoding.UTF8.GetString(shard.Run<TrashPathReply>(Recover(third, "w/one.txt")).Path));
        Assert.Equal((first, second, third), (shard.Find(directory, "one.txt"), shard.Find(directory, "one (1).txt"), shard.Find(directory, "one (2).txt")));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(Recover(first, "w/one.txt")));
        Audit.Check(shard.State);
    }

    [Theory]
    [InlineData("plain", "plain (1)")]
    [InlineData(".hidden", ".hidden (1)")]
    [InlineData("a.b.c", "a.b (1).c")]
    public void The_number_stands_before_the_extension(string name, string variant)
    {
        var (first, second) = (Deleted(name), Deleted(name));
        shard.Run(Recover(first, "w/" + name));
        shard.Run(Recover(second, "w/" + name));
        Assert.Equal(second, shard.Find(directory, variant));
    }

    [Fact]
    public void The_longest_name_is_cut_for_its_number()
    {
        var name = new string('n', 250) + ".dat";
        var (first, second) = (Deleted(name), Deleted(name));
        shard.Run(Recover(first, "w/" + name));
        shard.Run(Recover(second, "w/" + name));
        Assert.Equal(second, shard.Find(directory, new string('n', 247) + " (1).dat"));
    }

    [Fact]
    public void Missing_directories_are_made_for_the_caller_under_a_base()
    {
        var file = Deleted("f");
        shard.Run(Recover(file, "deep/er/f", umask: 0x3F, below: directory));
        var deep = shard.Find(directory, "deep")!.Value;
        Assert.Equal((0x1C0, 0u), (shard.Inode(deep).Mode & 0x1FF, shard.Inode(deep).Uid));
        Assert.Equal(file, shard.Find(shard.Find(deep, "er")!.Value, "f"));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Others_files_and_directories_are_out_of_reach()
    {
        var file = Deleted("f");
        Assert.Equal(StatusCode.EPerm, shard.Status(Recover(file, "w/f", caller: Shard.User(5))));
        Assert.Equal(StatusCode.ENotDir, shard.Status(Recover(file, $"w/{Made("x")}/f")));
        Assert.Equal(StatusCode.EInval, shard.Status(Recover(file, "w/../f")));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(Recover(file, "f", below: 999)));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Parts_of_the_trash_are_all_of_it()
    {
        var deleted = Enumerable.Range(0, 50).Select(i => Deleted($"f{i}")).ToHashSet();
        foreach (var block in new uint[] { 1, 4, 4096 })
        {
            var listed = new List<uint>();
            for (uint part = 0; part < 8; part++)
            {
                uint last = 0;
                do
                {
                    var page = shard.Run<DetachedReply>(new ListDetached(NodeType.Trash, part, 8, last, 3, block));
                    Assert.All(page.Files, f => Assert.Equal(part, f.Inode / block % 8));
                    listed.AddRange(page.Files.Select(static f => f.Inode));
                    last = page.LastInode;
                }
                while (last != 0);
            }

            Assert.Equal(deleted.Order(), listed.Order());
        }
    }

    private static RecoverFromTrash Recover(uint file, string path, ushort umask = 0, uint below = 1, Caller? caller = null) =>
        new(file, below, Encoding.UTF8.GetBytes(path), umask, true, caller ?? Shard.User());

    private string Made(string name)
    {
        shard.MakeFile(directory, name);
        return name;
    }

    private uint Deleted(string name)
    {
        var file = shard.MakeFile(directory, name);
        shard.Run(new SetLength(file, TruncateFlags.None, 10, false, Shard.User()));
        shard.Run(new RemoveFile(directory, new Name(name), Shard.User()));
        return file;
    }
}

using System.Text;
using CsCheck;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.ExtendedAttributes;

public sealed class XattrTests
{
    private readonly Shard shard = new();
    private readonly uint file;

    public XattrTests() => file = shard.MakeFile(1, "f");

    [Fact]
    public void What_is_set_is_read_listed_newest_first_and_removed()
    {
        shard.Run(Set("user.a", "1"));
        shard.Run(Set("user.b", ""));
        shard.Run(Set("user.a", "22"));

        Assert.Equal("22", Value("user.a"));
        Assert.Equal("", Value("user.b"));
        Assert.Equal("user.b\0user.a\0", Value(""));
        Assert.Equal(14u, shard.Run<XattrReply>(Get("", XattrGetMode.LengthOnly)).Length);
        Assert.Equal(new XattrReply(2, null), shard.Run<XattrReply>(Get("user.a", XattrGetMode.LengthOnly)));
        Assert.True(shard.Inode(file).HasXattrs);

        shard.Run(Set("user.b", "", XattrSetMode.Remove));
        shard.Run(Set("user.a", "", XattrSetMode.Remove));
        Assert.False(shard.Inode(file).HasXattrs);
        Assert.Equal(StatusCode.ENoAttr, shard.Status(Get("user.a")));
        Assert.Equal("", Value(""));
    }

    [Fact]
    public void Modes_decide_between_new_and_known()
    {
        Assert.Equal(StatusCode.ENoAttr, shard.Status(Set("user.a", "1", XattrSetMode.Replace)));
        Assert.Equal(StatusCode.ENoAttr, shard.Status(Set("user.a", "1", XattrSetMode.Remove)));
        shard.Run(Set("user.a", "1", XattrSetMode.Create));
        Assert.Equal(StatusCode.EExist, shard.Status(Set("user.a", "1", XattrSetMode.Create)));
        shard.Run(Set("user.a", "2", XattrSetMode.Replace));
        Assert.Equal(StatusCode.EInval, shard.Status(Set("user.a", "1", (XattrSetMode)4)));
        Assert.Equal(StatusCode.EInval, shard.Status(Get("user.a", (XattrGetMode)2)));
    }

    [Fact]
    public void Names_and_sizes_are_bounded()
    {
        Assert.Equal(StatusCode.EInval, shard.Status(Set("", "1")));
        Assert.Equal(StatusCode.EInval, shard.Status(Set("a\0b", "1")));
        Assert.Equal(StatusCode.ERange, shard.Status(Set("user.a", new string('x', 65_537))));
        shard.Run(Set("user.a", new string('x', 65_536)));
        for (var i = 0; i < 255; i++)
        {
            shard.Run(Set($"user.{i:D250}", ""));
        }

        Assert.Equal(65_280u + 7, shard.Run<XattrReply>(Get("")).Length);
        shard.Run(Set(new string('y', 248), ""));
        Assert.Equal(StatusCode.ERange, shard.Status(Set("z", "")));
        shard.Run(Set("user.a", "still replaceable"));
    }

    [Fact]
    public void The_change_time_moves()
    {
        shard.Now += 7;
        shard.Run(Set("user.a", "1"));
        Assert.Equal((shard.Now, shard.Now - 7), (shard.Inode(file).ChangeTime, shard.Inode(file).ModificationTime));
    }

    [Fact]
    public void Prefixes_and_rights_are_respected()
    {
        var owned = shard.MakeFile(1, "owned", mode: 0x180, caller: Shard.User(uid: 5));
        var owner = Shard.User(uid: 5);
        var stranger = Shard.User(uid: 6);

        Assert.Equal(StatusCode.EPerm, shard.Status(Set("trusted.a", "1", caller: owner, inode: owned)));
        Assert.Equal(StatusCode.EPerm, shard.Status(Set("security.a", "1", caller: owner, inode: owned)));
        Assert.Equal(StatusCode.Ok, shard.Status(Set("system.a", "1", caller: owner, inode: owned)));
        Assert.Equal(StatusCode.EPerm, shard.Status(Set("system.a", "1", caller: stranger, inode: owned, opened: true)));
        Assert.Equal(StatusCode.EAcces, shard.Status(Set("user.a", "1", caller: stranger, inode: owned)));
        Assert.Equal(StatusCode.Ok, shard.Status(Set("user.a", "1", caller: stranger, inode: owned, opened: true)));
        Assert.Equal(StatusCode.EAcces, shard.Status(Get("user.a", caller: stranger, inode: owned)));
        Assert.Equal(StatusCode.EPerm, shard.Status(Get("trusted.a", caller: owner, inode: owned)));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(Set("user.a", "1", inode: 99)));
        Assert.Equal(StatusCode.ERofs, shard.Status(Set("user.a", "1", caller: Shard.User(flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(Set("user.a", "1", caller: Shard.User(disables: DisabledOperations.SetXattr))));
        shard.Set(file, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, shard.Status(Set("user.a", "1")));
    }

    [Fact]
    public void Removing_the_object_removes_its_attributes()
    {
        shard.Run(Set("user.a", "1"));
        shard.Run<InodeReply>(new RemoveFile(1, new Name("f"), Shard.User()));
        Assert.Empty(shard.State.Xattrs.All());
        Assert.Empty(shard.State.XattrSummaries.All());
    }

    [Fact]
    public void Attributes_agree_with_a_dictionary() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.String[0, 5]).Array[1, 60].Sample(static steps =>
        {
            var test = new XattrTests();
            var model = new Dictionary<string, string>();
            foreach (var (mode, number, value) in steps)
            {
                var name = $"user.{number}";
                var expected = (mode, model.ContainsKey(name)) switch
                {
                    (1, true) => StatusCode.EExist,
                    (2 or 3, false) => StatusCode.ENoAttr,
                    _ => StatusCode.Ok,
                };
                Assert.Equal(expected, test.shard.Status(test.Set(name, value, (XattrSetMode)mode)));
                if (expected == StatusCode.Ok && mode == 3)
                {
                    model.Remove(name);
                }
                else if (expected == StatusCode.Ok)
                {
                    model[name] = value;
                }

                var list = test.Value("").Split('\0', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(model.OrderBy(static m => m.Key), list.Order().Select(n => KeyValuePair.Create(n, test.Value(n))));
            }
        }, iter: 200);

    private SetXattr Set(string name, string value, XattrSetMode mode = XattrSetMode.CreateOrReplace, Caller? caller = null, uint? inode = null, bool opened = false) => new()
    {
        Inode = inode ?? file,
        Name = new Name(name),
        Value = Encoding.UTF8.GetBytes(value),
        Mode = mode,
        Opened = opened,
        Caller = caller ?? Shard.User(),
    };

    private GetXattr Get(string name, XattrGetMode mode = XattrGetMode.Data, Caller? caller = null, uint? inode = null) => new()
    {
        Inode = inode ?? file,
        Name = new Name(name),
        Mode = mode,
        Opened = false,
        Caller = caller ?? Shard.User(),
    };

    private string Value(string name) => Encoding.UTF8.GetString(shard.Run<XattrReply>(Get(name)).Value!);
}

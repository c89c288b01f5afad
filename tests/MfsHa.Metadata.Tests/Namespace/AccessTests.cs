using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class AccessTests
{
    private const AccessMask ReadWrite = AccessMask.Read | AccessMask.Write;
    private readonly Shard shard = new();

    [Theory]
    [InlineData(10u, 99u, AccessMask.Write, AccessMask.Read)]
    [InlineData(11u, 20u, AccessMask.Read, AccessMask.Write)]
    [InlineData(11u, 99u, AccessMask.Execute, ReadWrite)]
    public void Owner_group_and_others_have_their_own_bits(uint uid, uint gid, AccessMask granted, AccessMask refused)
    {
        var file = File(0x0A1);
        Assert.Equal(StatusCode.Ok, Check(file, granted, Shard.User(uid, [gid])));
        Assert.Equal(StatusCode.EAcces, Check(file, refused, Shard.User(uid, [gid])));
        Assert.Equal(StatusCode.Ok, Check(file, AccessMask.Read | AccessMask.Write | AccessMask.Execute, Shard.User()));
    }

    [Fact]
    public void Supplementary_groups_count()
    {
        var file = File(0x020);
        Assert.Equal(StatusCode.Ok, Check(file, AccessMask.Read, Shard.User(11, [99, 98, 20])));
        Assert.Equal(StatusCode.EAcces, Check(file, AccessMask.Read, Shard.User(11, [99, 98])));
    }

    [Fact]
    public void Ignoring_groups_adds_the_rights_of_group_and_others()
    {
        var file = File(0x021);
        Assert.Equal(StatusCode.Ok, Check(file, AccessMask.Read | AccessMask.Execute, Shard.User(11, [99], flags: SessionFlags.IgnoreGid)));
    }

    [Fact]
    public void Read_only_windows_files_are_not_written_but_by_root()
    {
        var file = File(0x1FF);
        shard.State.Inodes.Set(file, shard.Inode(file) with { WinAttributes = WindowsAttributes.ReadOnly });
        shard.State.Commit(success: true);
        Assert.Equal(StatusCode.EAcces, Check(file, AccessMask.Write, Shard.User(10)));
        Assert.Equal(StatusCode.Ok, Check(file, AccessMask.Read | AccessMask.Execute, Shard.User(10)));
        Assert.Equal(StatusCode.Ok, Check(file, AccessMask.Write, Shard.User()));
    }

    [Fact]
    public void Read_only_sessions_and_immutable_objects_are_not_written()
    {
        var file = File(0x1FF);
        Assert.Equal(StatusCode.ERofs, Check(file, AccessMask.Write, Shard.User(flags: SessionFlags.ReadOnly)));
        Assert.Equal(StatusCode.Ok, Check(file, AccessMask.Read, Shard.User(flags: SessionFlags.ReadOnly)));
        shard.Set(file, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, Check(file, AccessMask.Write, Shard.User()));
    }

    [Fact]
    public void Objects_without_owner_grant_everybody_what_they_grant_their_owner()
    {
        var file = File(0x180);
        shard.Set(file, ExtraAttributes.NoOwner);
        Assert.Equal(StatusCode.Ok, Check(file, ReadWrite, Shard.User(55)));
        var attributes = shard.Attributes(file, Shard.User(55, [66]));
        Assert.Equal((55u, 66u, 0x1B6), (attributes.Uid, attributes.Gid, attributes.Mode));
        Assert.Equal((10u, 20u, 0x180), (shard.Attributes(file).Uid, shard.Attributes(file).Gid, shard.Attributes(file).Mode));
    }

    [Theory]
    [InlineData(10u, 99u, 7)]
    [InlineData(30u, 99u, 4)]
    [InlineData(31u, 99u, 2)]
    [InlineData(40u, 20u, 4)]
    [InlineData(40u, 50u, 2)]
    [InlineData(40u, 99u, 1)]
    public void An_access_acl_decides_by_the_most_specific_entry_and_its_mask(uint uid, uint gid, int permission)
    {
        var file = File(0x1FF);
        shard.SetAccessAcl(file, new PosixAcl(7, 5, 1, 6, [new AclEntry(30, 5), new AclEntry(31, 2)], [new AclEntry(50, 3)]));
        for (var mask = 0; mask < 8; mask++)
        {
            var expected = (mask & permission) == mask ? StatusCode.Ok : StatusCode.EAcces;
            Assert.Equal(expected, Check(file, (AccessMask)mask, Shard.User(uid, [gid])));
        }
    }

    [Fact]
    public void Several_matching_groups_each_grant_their_masks_but_do_not_combine_to_more()
    {
        var file = File(0x1C0);
        shard.SetAccessAcl(file, new PosixAcl(7, 4, 0, 7, [], [new AclEntry(50, 2)]));
        var member = Shard.User(40, [20, 50]);
        Assert.Equal(StatusCode.Ok, Check(file, AccessMask.Read, member));
        Assert.Equal(StatusCode.Ok, Check(file, AccessMask.Write, member));
        Assert.Equal(StatusCode.EAcces, Check(file, ReadWrite, member));
    }

    [Fact]
    public void Lookup_tells_what_the_caller_may_do()
    {
        File(0x1A4);
        Assert.Equal((LookupFlags)0x55, Lookup(10));
        Assert.Equal((LookupFlags)0x11, Lookup(11));
        Assert.Equal((LookupFlags)0xFF, Lookup(0));
        var file = shard.Find(1, "f")!.Value;
        shard.Set(file, ExtraAttributes.Immutable | ExtraAttributes.NoDataCache);
        Assert.Equal((LookupFlags)0x11 | LookupFlags.Immutable | LookupFlags.DirectMode, Lookup(10));
        shard.Set(file, ExtraAttributes.AppendOnly);
        Assert.Equal((LookupFlags)0x55 | LookupFlags.AppendOnly, Lookup(10));
        var old = Shard.User(10) with { KnowsFlags = false, SessionFlags = SessionFlags.ReadOnly };
        var flags = shard.Run<LookupReply>(new Lookup(1, new Name("f"), old)).Flags;
        Assert.Equal((LookupFlags)0x11 | LookupFlags.AppendOnly | LookupFlags.ReadOnlyFileSystem, flags);
    }

    [Theory]
    [InlineData(0ul, 1ul)]
    [InlineData(1200ul, 1_000_117ul)]
    [InlineData(10ul, 1000ul)]
    [InlineData(1ul << 20, 2_000_100ul)]
    [InlineData(1ul << 30, 3_000_100ul)]
    [InlineData(1ul << 40, 4_000_100ul)]
    [InlineData(1ul << 50, 5_000_100ul)]
    [InlineData(1ul << 60, 6_000_100ul)]
    public void A_directorys_length_is_a_number_with_its_unit_in_the_first_digit(ulong length, ulong expected) =>
        Assert.Equal(expected, Rules.AttributeView.DirectoryLength(length));

    [Fact]
    public void Attributes_carry_cache_hints()
    {
        var directory = shard.MakeDirectory(1, "d");
        shard.MakeFile(directory, "f");
        var file = shard.Find(directory, "f")!.Value;
        Assert.Equal(AttributeFlags.AllowDataCache | AttributeFlags.NoXattr, shard.Attributes(file).Flags);
        shard.Set(directory, ExtraAttributes.NoEntryCache);
        shard.Set(file, ExtraAttributes.NoDataCache | ExtraAttributes.NoAttributeCache | ExtraAttributes.Undeletable);
        shard.SetAccessAcl(file, new PosixAcl(7, 7, 7, 7, [], []));
        const AttributeFlags Own = AttributeFlags.DirectMode | AttributeFlags.NoAttributeCache | AttributeFlags.Undeletable;
        Assert.Equal(Own, shard.Attributes(file).Flags);
        Assert.Equal(Own | AttributeFlags.NoEntryCache, shard.Run<LookupReply>(new Lookup(directory, new Name("f"), Shard.User())).Attributes.Flags);
    }

    [Fact]
    public void Under_mapall_the_mapped_owner_is_the_caller_and_everybody_else_is_root()
    {
        var file = File(0x1FF);
        var mapped = Shard.User(10, [20], flags: SessionFlags.MapAll) with { OriginalUid = 500, OriginalGid = 600 };
        var attributes = shard.Attributes(file, mapped);
        Assert.Equal((500u, 600u), (attributes.Uid, attributes.Gid));
        Assert.True(attributes.Flags.HasFlag(AttributeFlags.NoAttributeCache));
        attributes = shard.Attributes(1, mapped);
        Assert.Equal((0u, 0u), (attributes.Uid, attributes.Gid));
        attributes = shard.Attributes(file, mapped with { OriginalUid = 0, Uid = 0 });
        Assert.Equal((10u, 20u), (attributes.Uid, attributes.Gid));
    }

    private uint File(ushort mode)
    {
        var file = shard.MakeFile(1, "f");
        shard.State.Inodes.Set(file, shard.Inode(file) with { Mode = mode, Uid = 10, Gid = 20 });
        shard.State.Commit(success: true);
        return file;
    }

    private StatusCode Check(uint inode, AccessMask mask, Caller caller) => shard.Status(new CheckAccess(inode, mask, caller));

    private LookupFlags Lookup(uint uid) => shard.Run<LookupReply>(new Lookup(1, new Name("f"), Shard.User(uid, [99]))).Flags;
}

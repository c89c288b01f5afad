using MfsHa.Gateway.Tests.Support;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Tests.Clients;

public sealed class AttributeExtrasTests
{
    [Fact]
    public async Task Extended_attributes_are_set_listed_read_and_removed()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(Set(file.Inode, "user.a", "value", XattrSetMode.Create)));
        Assert.Equal(StatusCode.EExist, await client.StatusAsync(Set(file.Inode, "user.a", "other", XattrSetMode.Create)));
        var value = await client.CallAsync<GetXattrRequest, GetXattrReply>(new GetXattrRequest(file.Inode, "user.a"u8.ToArray(), XattrGetMode.Data, false, Requests.Root));
        Assert.Equal("value"u8.ToArray(), value.Value!.Value.ToArray());
        var length = await client.CallAsync<GetXattrRequest, GetXattrReply>(new GetXattrRequest(file.Inode, "user.a"u8.ToArray(), XattrGetMode.LengthOnly, false, Requests.Root));
        Assert.Equal((5u, null), (length.Length, length.Value));
        var list = await client.CallAsync<GetXattrRequest, GetXattrReply>(new GetXattrRequest(file.Inode, default, XattrGetMode.Data, false, Requests.Root));
        Assert.Equal("user.a\0"u8.ToArray(), list.Value!.Value.ToArray());
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(Set(file.Inode, "user.a", "", XattrSetMode.Remove)));
        Assert.Equal(StatusCode.ENoAttr, await client.StatusAsync(new GetXattrRequest(file.Inode, "user.a"u8.ToArray(), XattrGetMode.Data, false, Requests.Root)));
    }

    [Fact]
    public async Task Acls_are_set_and_read()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        Assert.Equal(StatusCode.ENoAttr, await client.StatusAsync(new GetAclRequest(file.Inode, AclType.Access)));
        var acl = new AccessControlList(6, 4, 0, 7, new AclEntry[] { new(1000, 6) }, new AclEntry[] { new(50, 5), new(51, 4) });
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new SetAclRequest(file.Inode, 0, AclType.Access, acl)));
        var read = (await client.CallAsync<GetAclRequest, GetAclReply>(new GetAclRequest(file.Inode, AclType.Access))).Acl;
        Assert.Equal((6, 4, 0, 7), (read.User, read.Group, read.Other, read.Mask));
        Assert.Equal(acl.NamedUsers.ToArray(), read.NamedUsers.ToArray());
        Assert.Equal(acl.NamedGroups.ToArray(), read.NamedGroups.ToArray());
    }

    private static SetXattrRequest Set(uint inode, string name, string value, XattrSetMode mode) => new(inode, Requests.Bytes(name), Requests.Bytes(value), mode, false, Requests.Root);
}

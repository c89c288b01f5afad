using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Acls;
using MfsHa.Metadata.State;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>POSIX ACLs (client-protocol 3.4).</summary>
internal static class AclHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new DataHandler<Wire.GetAclRequest, AclReply, Wire.GetAclReply>(
            static (r, in c) => new GetAcl(r.Inode, r.AclType, c.Anonymous()),
            static reply => new(ToWire(reply.Acl))),

        new StatusHandler<Wire.SetAclRequest>(
            static (r, in c) => new SetAcl(r.Inode, r.AclType, FromWire(r.Acl), c.Caller(r.Uid, 0)) { Stamp = c.Stamp() }),
    ];

    private static Wire.AccessControlList ToWire(PosixAcl acl) =>
        new(acl.User, acl.Group, acl.Other, acl.Mask, ToWire(acl.NamedUsers), ToWire(acl.NamedGroups));

    private static Wire.AclEntry[] ToWire(AclEntry[] entries) => Array.ConvertAll(entries, static e => new Wire.AclEntry(e.Id, e.Permission));

    private static PosixAcl FromWire(Wire.AccessControlList acl) =>
        new(acl.User, acl.Group, acl.Other, acl.Mask, FromWire(acl.NamedUsers), FromWire(acl.NamedGroups));

    private static AclEntry[] FromWire(ReadOnlyMemory<Wire.AclEntry> entries)
    {
        var converted = new AclEntry[entries.Length];
        for (var i = 0; i < converted.Length; i++)
        {
            var entry = entries.Span[i];
            converted[i] = new AclEntry(entry.Id, entry.Permissions);
        }

        return converted;
    }
}

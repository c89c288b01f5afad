using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Names: what is made, moved and removed by name (client-protocol 3.4).</summary>
internal static class EntryHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new DataHandler<Wire.MakeDirectoryRequest, NodeReply, Wire.MakeDirectoryReply>(
            static (r, in c) => new MakeDirectory(r.Parent, r.Name.ToName(), r.Mode, r.Umask, r.CopySetGid, c.Caller(r.Caller)) { Stamp = c.Stamp() },
            static reply => new(reply.Inode, reply.Attributes)),

        new DataHandler<Wire.RemoveDirectoryRequest, InodeReply, Wire.RemoveDirectoryReply>(
            static (r, in c) => new RemoveDirectory(r.Parent, r.Name.ToName(), c.Caller(r.Caller)) { Stamp = c.Stamp() },
            static reply => new(reply.Inode)),

        new DataHandler<Wire.UnlinkRequest, InodeReply, Wire.UnlinkReply>(
            static (r, in c) => new RemoveFile(r.Parent, r.Name.ToName(), c.Caller(r.Caller)) { Stamp = c.Stamp() },
            static reply => new(reply.Inode)),

        new DataHandler<Wire.RenameRequest, NodeReply, Wire.RenameReply>(
            static (r, in c) => new Rename(
                r.SourceParent, r.SourceName.ToName(), r.DestinationParent, r.DestinationName.ToName(), r.Mode ?? RenameMode.Standard, c.Caller(r.Caller))
            {
                Stamp = c.Stamp(),
            },
            static reply => new(reply.Inode, reply.Attributes)),

        new DataHandler<Wire.LinkRequest, NodeReply, Wire.LinkReply>(
            static (r, in c) => new MakeLink(r.Inode, r.DestinationParent, r.DestinationName.ToName(), c.Caller(r.Caller)) { Stamp = c.Stamp() },
            static reply => new(reply.Inode, reply.Attributes)),

        new DataHandler<Wire.SymlinkRequest, NodeReply, Wire.SymlinkReply>(
            static (r, in c) => new MakeSymlink(r.Parent, r.Name.ToName(), r.TrimmedTarget.ToArray(), c.Caller(r.Caller)) { Stamp = c.Stamp() },
            static reply => new(reply.Inode, reply.Attributes)),

        new DataHandler<Wire.MakeNodeRequest, NodeReply, Wire.MakeNodeReply>(
            static (r, in c) => new MakeNode(r.Parent, r.Name.ToName(), r.NodeType, r.Mode, r.Umask, r.Device, c.Caller(r.Caller)) { Stamp = c.Stamp() },
            static reply => new(reply.Inode, reply.Attributes)),
    ];
}

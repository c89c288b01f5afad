using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Questions about paths (client-protocol 3.4, 3.5).</summary>
internal static class PathHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new DataHandler<Wire.PathLookupRequest, PathReply, Wire.PathLookupReply>(
            static (r, in c) => new LookupPath(r.BaseInode, r.Path.ToArray(), c.Caller(r.Caller)),
            static reply => new(reply.Parent, reply.LastName.Bytes, reply.Inode, reply.Attributes)),

        new DataHandler<Wire.ParentsRequest, InodesReply, Wire.ParentsReply>(
            static (r, in c) => new GetParents(r.Inode, c.Anonymous()),
            static reply => new(Array.ConvertAll(reply.Inodes, static inode => new Wire.PackedInode(inode)))),

        new DataHandler<Wire.PathsRequest, PathsReply, Wire.PathsReply>(
            static (r, in c) => new GetPaths(r.Inode, c.Anonymous()),
            static reply => new(Array.ConvertAll(reply.Paths, static path => (ReadOnlyMemory<byte>)path))),
    ];
}

using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Questions about names and places (client-protocol 3.4, 3.5).</summary>
internal static class LookupHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new DataHandler<Wire.LookupRequest, LookupReply, Wire.LookupReply>(
            static (r, in c) => new Lookup(r.Parent, r.Name.ToName(), c.Caller(r.Caller)),
            static reply => new(reply.Inode, reply.Attributes, reply.Flags, FirstChunk(reply))),

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

    /// <summary>A hole is told at once. Where a chunk is, the client asks when it reads: most look-ups are not followed by a read.</summary>
    private static Wire.ChunkLocations? FirstChunk(LookupReply reply) =>
        reply is { MayGiveChunk: true, FirstChunk: 0 } ? new Wire.ChunkLocations(Wire.ChunkDataProtocol.Copies, 0, 0, default) : null;
}

using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Opening files (client-protocol 3.4).</summary>
internal static class FileHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new DataHandler<Wire.OpenRequest, OpenReply, Wire.OpenReply>(
            static (r, in c) => new OpenFile(r.Inode, r.Flags, c.Caller(r.Caller)) { Stamp = c.Stamp() },
            static reply => new(reply.Flags, reply.Attributes),
            after: static packets => packets.OpenFiles.Taken),

        new DataHandler<Wire.CreateRequest, OpenReply, Wire.CreateReply>(
            static (r, in c) => new CreateFile(r.Parent, r.Name.ToName(), r.Mode, r.Umask, c.Caller(r.Caller)) { Stamp = c.Stamp() },
            static reply => new(reply.Flags, reply.Inode, reply.Attributes),
            after: static packets => packets.OpenFiles.Taken),
    ];
}

using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.ExtendedAttributes;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Extended attributes (client-protocol 3.4).</summary>
internal static class XattrHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new DataHandler<Wire.GetXattrRequest, XattrReply, Wire.GetXattrReply>(
            static (r, in c) => new GetXattr { Inode = r.Inode, Name = r.Name.ToName(), Mode = r.Mode, Opened = r.Opened, Caller = c.Caller(r.Caller) },
            static reply => new(reply.Length, reply.Value is { } value ? value : (ReadOnlyMemory<byte>?)null)),

        new StatusHandler<Wire.SetXattrRequest>(
            static (r, in c) => new SetXattr
            {
                Inode = r.Inode,
                Name = r.Name.ToName(),
                Value = r.Value.ToArray(),
                Mode = r.Mode,
                Opened = r.Opened,
                Caller = c.Caller(r.Caller),
                Stamp = c.Stamp(),
            }),
    ];
}

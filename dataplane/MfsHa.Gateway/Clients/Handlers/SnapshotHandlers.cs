using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Files that share chunks (client-protocol 7.8).</summary>
internal static class SnapshotHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new StatusHandler<Wire.SnapshotRequest>(static (r, in c) => ToOperation(r, c)),

        new StatusHandler<Wire.AppendSliceRequest>(
            static (r, in c) => new AppendSlice
            {
                Flags = r.Flags,
                Inode = r.Inode,
                Source = r.SourceInode,
                From = r.From,
                To = r.To,
                Caller = c.Caller(r.Caller),
                Stamp = c.Stamp(),
            }),
    ];

    private static Command ToOperation(Wire.SnapshotRequest request, in RequestContext context) => (request.Mode & SnapshotModes.Delete) != 0
        ? new RemoveSnapshot(request.DestinationParent, request.DestinationName.ToName(), request.Mode, context.Caller(request.Caller)) { Stamp = context.Stamp() }
        : new MakeSnapshot
        {
            Source = request.SourceInode,
            Parent = request.DestinationParent,
            Name = request.DestinationName.ToName(),
            Modes = request.Mode,
            Umask = request.Umask,
            Caller = context.Caller(request.Caller),
            Stamp = context.Stamp(),
        };
}

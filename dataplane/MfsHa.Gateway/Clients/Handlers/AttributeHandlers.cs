using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Attributes, permissions and sizes (client-protocol 3.4).</summary>
internal static class AttributeHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new DataHandler<Wire.GetAttributesRequest, NodeReply, Wire.GetAttributesReply>(
            static (r, in c) => new GetAttributes(r.Inode, r.Opened, c.Caller(r.Uid, r.Gid)),
            static reply => new(reply.Attributes)),

        new DataHandler<Wire.SetAttributesRequest, NodeReply, Wire.SetAttributesReply>(
            static (r, in c) => new SetAttributes
            {
                Inode = r.Inode,
                Opened = r.Opened,
                Changes = r.Mask,
                Mode = r.Mode,
                Uid = r.Uid,
                Gid = r.Gid,
                AccessTime = r.AccessTime,
                ModificationTime = r.ModificationTime,
                WinAttributes = r.WinAttr ?? WindowsAttributes.None,
                ClearMode = r.ClearSetIds,
                Caller = c.Caller(r.Caller),
                Stamp = c.Stamp(),
            },
            static reply => new(reply.Attributes),
            after: static packets => packets.Times.Taken),

        new StatusHandler<Wire.AccessRequest>(
            static (r, in c) => new CheckAccess(r.Inode, (AccessMask)(r.Mask & (ushort)(AccessMask.Read | AccessMask.Write | AccessMask.Execute)), c.Caller(r.Caller))),

        new DataHandler<Wire.StatFsRequest, FileSystemReply, Wire.StatFsReply>(
            static (_, in c) =>
            {
                var space = ClusterSpace.Of(c.Connection.Services.Locations);
                return new GetFileSystemStatus(space.Total, space.Available, space.Available, c.Anonymous());
            },
            static reply => new(reply.Total, reply.Available, reply.Free, reply.Trash, reply.Sustained, reply.Inodes)),

        new DataHandler<Wire.GetDirectoryStatsRequest, TotalsReply, Wire.GetDirectoryStatsReply>(
            static (r, in c) => new GetDirectoryTotals(r.Inode, c.Anonymous()),
            static reply => new(
                Clip(reply.Totals.Inodes),
                Clip(reply.Totals.Directories),
                Clip(reply.Totals.Files),
                Clip(reply.Totals.Chunks),
                (ulong)reply.Totals.Length,
                (ulong)reply.Totals.Size,
                (ulong)reply.Totals.RealSize)),
    ];

    private static uint Clip(long count) => (uint)Math.Min(count, uint.MaxValue);
}

using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Chunks;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Replication.Locations;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>NODE_INFO (client-protocol 3.5).</summary>
internal sealed class NodeInfoHandler : ServingHandler<Wire.NodeInfoRequest, GetNodeInfo>
{
    private const byte EighthsPerCopy = 8;

    /// <inheritdoc/>
    protected override GetNodeInfo Prepare(Wire.NodeInfoRequest request, in RequestContext context) =>
        new(request.Inode, request.MaxEntries, request.ContinueId, context.Anonymous());

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, GetNodeInfo order)
    {
        var reply = await request.ExecuteAsync(order).ConfigureAwait(false);
        if (reply.Status != StatusCode.Ok)
        {
            request.Answer(reply.Status);
            return;
        }

        var info = Expect.Reply<Metadata.Chunks.NodeInfoReply>(reply);
        var inEighths = request.Connection.Version.ReadsEc8;
        var kind = info.Type switch
        {
            NodeType.Directory => NodeInfoKind.Directory,
            NodeType.File when inEighths => NodeInfoKind.FileInEighths,
            NodeType.File => NodeInfoKind.File,
            _ => NodeInfoKind.Other,
        };
        var locations = request.Connection.Services.Locations;
        request.Answer(new Wire.NodeInfoReply(
            kind,
            info.Next,
            info.Length,
            Array.ConvertAll(info.Children, static inode => new PackedInode(inode)),
            Array.ConvertAll(info.Chunks, c => new NodeInfoChunk(c.Chunk, c.Size, Redundancy(locations, c.Chunk, inEighths)))));
    }

    /// <summary>Copies of whatever version: the question names none.</summary>
    private static byte Redundancy(IChunkLocationView locations, ulong chunk, bool inEighths)
    {
        var found = new MfsHa.Replication.Locations.ChunkLocation[byte.MaxValue];
        var count = Math.Min(found.Length, locations.Find(chunk, found));
        var copies = found.AsSpan(0, count).ToArray().Count(static c => c.Part == 0 && c.Server.IsConnected);
        return (byte)Math.Min(byte.MaxValue, inEighths ? copies * EighthsPerCopy : copies);
    }
}

using MfsHa.Cluster.Routing;
using MfsHa.Gateway.Clients.Requests;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>READ_CHUNK (client-protocol 4.2).</summary>
internal sealed class ReadChunkHandler : SupervisedHandler<Wire.ReadChunkRequest>
{
    /// <inheritdoc/>
    protected override SupervisedRequest ToRequest(Wire.ReadChunkRequest request, in RequestContext context) => new ReadChunkRequest(request.Index, (byte)request.Flags)
    {
        Inode = request.Inode,
        Caller = context.Anonymous(),
        PeerAddress = context.Connection.PeerAddress,
    };

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, SupervisedReply reply)
    {
        var access = Expect.Reply<ChunkAccess>(reply);
        request.Answer(new Wire.ReadChunkReply(access.FileLength, access.ToLocations()));
    }
}

/// <summary>WRITE_CHUNK (client-protocol 4.3).</summary>
internal sealed class WriteChunkHandler : SupervisedHandler<Wire.WriteChunkRequest>
{
    /// <inheritdoc/>
    protected override SupervisedRequest ToRequest(Wire.WriteChunkRequest request, in RequestContext context) =>
        new WriteChunkRequest(request.Index, (byte)(request.Flags & ~ChunkOperationFlags.CanModifyTime))
        {
            Inode = request.Inode,
            Caller = context.Anonymous(),
            Stamp = context.Stamp(),
            PeerAddress = context.Connection.PeerAddress,
        };

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, SupervisedReply reply)
    {
        var access = Expect.Reply<ChunkAccess>(reply);
        request.Answer(new Wire.WriteChunkReply(access.FileLength, access.ToLocations()));
    }
}

/// <summary>WRITE_CHUNK_END (client-protocol 4.5).</summary>
internal sealed class WriteChunkEndHandler : SupervisedHandler<Wire.WriteChunkEndRequest>
{
    private const uint WholeChunk = 1 << 26;

    /// <inheritdoc/>
    protected override SupervisedRequest ToRequest(Wire.WriteChunkEndRequest request, in RequestContext context)
    {
        var range = request.Range is { } said && context.Session.Version.WriteEndRangeIsTrustworthy ? said : new Wire.WrittenRange(0, WholeChunk);
        return new EndWriteRequest(request.ChunkId, request.Index, request.Length, (byte)(request.Flags & ~ChunkOperationFlags.CanModifyTime), range.Offset, range.Size)
        {
            Inode = request.Inode,
            Caller = context.Anonymous(),
            Stamp = context.Stamp(),
            PeerAddress = context.Connection.PeerAddress,
        };
    }

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, SupervisedReply reply) => request.Answer(StatusCode.Ok);
}

/// <summary>TRUNCATE, all four kinds (client-protocol 4.5).</summary>
internal sealed class TruncateHandler : SupervisedHandler<Wire.TruncateRequest>
{
    /// <inheritdoc/>
    protected override SupervisedRequest ToRequest(Wire.TruncateRequest request, in RequestContext context) => new TruncateRequest((byte)request.Flags, request.Length)
    {
        Inode = request.Inode,
        Caller = context.Caller(request.Caller),
        Stamp = context.Stamp(),
        PeerAddress = context.Connection.PeerAddress,
    };

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, SupervisedReply reply)
    {
        var done = Expect.Reply<TruncateDone>(reply);
        request.Answer(new Wire.TruncateReply(done.PreviousLength, done.Attributes));
    }
}

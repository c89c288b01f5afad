using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>
/// REPAIR (client-protocol 3.5; `mfsmaster/filesystem.c: fs_repair`, `chunks.c: chunk_repair`): chunks without a good copy take the newest version that any
/// copy has, or become holes when there is no copy at all. Nothing is given up while a chunkserver that may have a copy is away, nor when a client of 4.x has not
/// asked for it; the zeros that its own master shows until a copy comes back are not there, such a chunk stays as it is.
/// </summary>
internal sealed class RepairHandler : ServingHandler<Wire.RepairRequest, (uint Inode, bool GivesUp, Caller Caller)>
{
    /// <inheritdoc/>
    protected override (uint Inode, bool GivesUp, Caller Caller) Prepare(Wire.RepairRequest request, in RequestContext context) =>
        (request.Inode, request.GivesUp, context.Caller(request.Caller));

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, (uint Inode, bool GivesUp, Caller Caller) order)
    {
        uint notChanged = 0;
        uint erased = 0;
        uint repaired = 0;
        uint from = 0;
        uint next = 0;
        do
        {
            var reply = await request.ExecuteAsync(new ListFileChunks(order.Inode, from, ListFileChunks.MaxPage, order.Caller)).ConfigureAwait(false);
            if (reply.Status != StatusCode.Ok)
            {
                request.Answer(reply.Status);
                return;
            }

            var page = Expect.Reply<FileChunksReply>(reply);
            foreach (var chunk in page.Chunks)
            {
                // A hole between chunks counts as one that needs nothing.
                notChanged += chunk.Index - next;
                next = chunk.Index + 1;
                var locations = request.Connection.Services.Locations;
                if (chunk.Record is { } record && CheckHandler.GoodCopies(locations, chunk.Chunk, record.Version) > 0)
                {
                    notChanged++;
                    continue;
                }

                var version = chunk.Record is null ? 0 : NewestVersion(locations, chunk.Chunk);
                if (version == 0 && !order.GivesUp)
                {
                    notChanged++;
                    continue;
                }

                // A copy of which nobody knows the version may be the good one; its chunkserver says so when it connects anew.
                if (version == 0 && (HasUnknownCopy(locations, chunk.Chunk) || !await AllServersAreKnownAsync(request).ConfigureAwait(false)))
                {
                    request.Answer(StatusCode.CsNotPresent);
                    return;
                }

                var repair = new RepairChunk
                {
                    Inode = order.Inode,
                    Index = chunk.Index,
                    SeenChunk = chunk.Chunk,
                    SeenVersion = chunk.Record?.Version ?? 0,
                    Version = version,
                    Caller = order.Caller,
                };
                var done = await request.ExecuteAsync(repair).ConfigureAwait(false);
                if (done.Status is not (StatusCode.Ok or StatusCode.Mismatch))
                {
                    request.Answer(done.Status);
                    return;
                }

                // A chunk that has changed meanwhile is being used, so there is nothing to repair.
                notChanged += done.Status == StatusCode.Mismatch ? 1u : 0;
                repaired += done.Status == StatusCode.Ok && version != 0 ? 1u : 0;
                erased += done.Status == StatusCode.Ok && version == 0 ? 1u : 0;
            }

            from = page.Next;
        }
        while (from != 0);
        request.Answer(new Wire.RepairReply(notChanged, erased, repaired));
    }

    private static bool HasUnknownCopy(IChunkLocationView locations, ulong chunk) =>
        Array.Exists(CheckHandler.Find(locations, chunk), static copy => copy is { Part: 0, Version: 0 } && (copy.Flags & ChunkFlags.Damaged) == 0);

    private static uint NewestVersion(IChunkLocationView locations, ulong chunk)
    {
        uint newest = 0;
        foreach (var copy in CheckHandler.Find(locations, chunk))
        {
            if (copy.Part == 0 && copy.Server.IsConnected && (copy.Flags & ChunkFlags.Damaged) == 0)
            {
                newest = Math.Max(newest, copy.Version);
            }
        }

        return newest;
    }

    private static async ValueTask<bool> AllServersAreKnownAsync(PendingRequest request)
    {
        var connection = request.Connection;
        if (await connection.Services.Cluster.ExecuteAsync(new ListChunkServers(), connection.Closing).ConfigureAwait(false) is not ChunkServersReply known)
        {
            return false;
        }

        var complete = connection.Services.Locations.Servers.Where(static s => s is { IsConnected: true, IsComplete: true }).Select(static s => s.Incarnation).ToHashSet();
        return known.Servers.Length > 0 && Array.TrueForAll(known.Servers, s => complete.Contains(new ChunkServerIncarnation(s.Id, s.Epoch)));
    }
}

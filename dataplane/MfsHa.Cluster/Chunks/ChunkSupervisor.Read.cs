using MfsHa.Cluster.Chunks.Care;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;
using ChunkCopy = MfsHa.Cluster.Routing.ChunkCopy;

namespace MfsHa.Cluster.Chunks;

public sealed partial class ChunkSupervisor
{
    private async ValueTask<SupervisedReply> ReadAsync(ReadChunkRequest request, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        Task? ticket = null;
        while (true)
        {
            var slot = await AskAsync(new ReadChunk(request.Inode, request.Index, request.Caller), cancellation).ConfigureAwait(false);
            if (slot is not ChunkReply found)
            {
                return Failed(slot.Status);
            }

            if (found.Chunk is not { } chunk)
            {
                return new ChunkAccess(found.FileLength, 0, 0, []);
            }

            if (!IsLocked(chunk.Record))
            {
                return await AccessAsync(request, found.FileLength, chunk, cancellation).ConfigureAwait(false);
            }

            // The ticket is drawn before the state is looked at once more, so that no unlock is missed.
            if (ticket is not null && !await ParkAsync(ticket, since, cancellation).ConfigureAwait(false))
            {
                return Failed(StatusCode.Locked);
            }

            ticket = chunkSignals.Ticket(chunk.Id);
        }
    }

    private async ValueTask<SupervisedReply> CheckAsync(CheckChunkRequest request, CancellationToken cancellation)
    {
        var slot = await AskAsync(new ChunkOfFile(request.Inode, request.Index), cancellation).ConfigureAwait(false);
        if (slot is not ChunkReply found)
        {
            return Failed(slot.Status);
        }

        if (found.Chunk is not { } chunk)
        {
            return new ChunkAccess(found.FileLength, 0, 0, []);
        }

        const byte Valid = 0;
        const byte WrongVersion = 2;
        return new ChunkAccess(
            found.FileLength,
            chunk.Id,
            chunk.Record.Version,
            [.. copies.Find(chunk.Id, chunk.Record).Select(c => ToCopy(c.Server, c.Version == chunk.Record.Version ? Valid : WrongVersion))]);
    }

    private async ValueTask<SupervisedReply> AccessAsync(SupervisedRequest request, ulong length, ChunkView chunk, CancellationToken cancellation)
    {
        var good = copies.Find(chunk.Id, chunk.Record);
        good.RemoveAll(c => c.Version != chunk.Record.Version);
        return good.Count == 0
            ? Failed(await ConfirmedAsync(WhyNoCopy(chunk.Id), chunk, cancellation).ConfigureAwait(false))
            : new ChunkAccess(length, chunk.Id, chunk.Record.Version, Order(request.PeerAddress, chunk.Id, good.Select(static c => c.Server)));
    }

    /// <summary>
    /// CHUNKLOST, which a client passes on as an error, is said only when every chunkserver that the cluster knows has said what it has; a new leader's view may know few of
    /// them yet. Otherwise the client asks again.
    /// </summary>
    private StatusCode WhyNoCopy(ulong chunk) => copies.Find(chunk).Count == 0 && book.HasEverythingReported() ? StatusCode.ChunkLost : StatusCode.CsNotPresent;

    // What a chunkserver has just got its node knows before this leader does.
    private async ValueTask<StatusCode> ConfirmedAsync(StatusCode why, ChunkView chunk, CancellationToken cancellation)
    {
        if (why != StatusCode.ChunkLost)
        {
            return why;
        }

        var questions = copies.Reachable.Select(s => (s.Gateway, new ConfirmedCopy(chunk.Id, chunk.Record.Version, s.Incarnation.ChunkServerId, s.Incarnation.Epoch)));
        var (there, unknown) = await confirmation.AskAsync(questions, cancellation).ConfigureAwait(false);
        return there.Count + unknown.Count == 0 ? StatusCode.ChunkLost : StatusCode.CsNotPresent;
    }

    /// <summary>The client's own host first, then a different order for each chunk.</summary>
    private static ChunkCopy[] Order(uint peer, ulong chunk, IEnumerable<ChunkServerStatus> servers) =>
        [.. servers.OrderBy(s => s.Info.Ip == peer ? 0 : 1).ThenBy(s => Mix(chunk, s.Incarnation.ChunkServerId)).Select(static s => ToCopy(s, 0))];

    private static ChunkCopy ToCopy(ChunkServerStatus server, byte state) => new(server.Info.Ip, server.Info.Port, server.Info.Version, server.Info.Labels, state);

    private static ulong Mix(ulong chunk, ushort server) => (chunk ^ ((ulong)server << 40)) * 0x9E37_79B9_7F4A_7C15 >> 13;
}

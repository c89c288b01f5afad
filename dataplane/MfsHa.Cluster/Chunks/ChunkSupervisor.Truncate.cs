using MfsHa.Cluster.Push;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Chunks;

public sealed partial class ChunkSupervisor
{
    private const int ChunkBits = 26;

    private async ValueTask<SupervisedReply> TruncateAsync(TruncateRequest request, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        var flags = (TruncateFlags)request.Flags;
        var inode = request.Caller.Real(request.Inode);
        var index = (uint)(request.Length >> ChunkBits);
        for (var attempt = 0; attempt < MaxAttempts;)
        {
            // The part that needs no chunkserver, or the news that a chunk must be cut.
            var simple = await ProposeAsync(new SetLength(request.Inode, flags, request.Length, IsCut: false, request.Caller) { Stamp = request.Stamp }, cancellation).ConfigureAwait(false);
            if (simple.Status != StatusCode.Delayed)
            {
                return Finished(request, inode, simple);
            }

            Task? ticket = null;
            await gates.EnterAsync(inode, index, cancellation).ConfigureAwait(false);
            try
            {
                var slot = await AskAsync(new ChunkOfFile(inode, index), cancellation).ConfigureAwait(false);
                if (slot is not ChunkReply found)
                {
                    return Failed(slot.Status);
                }

                if (found.Chunk is not { } chunk)
                {
                    attempt++;
                    continue;
                }

                ticket = chunkSignals.Ticket(chunk.Id);
                var reply = await TryCutAsync(request, inode, chunk, cancellation).ConfigureAwait(false);
                if (reply.Status is not (StatusCode.Locked or StatusCode.Mismatch or StatusCode.NotDone))
                {
                    return reply;
                }

                if (reply.Status != StatusCode.Locked)
                {
                    attempt++;
                    continue;
                }
            }
            finally
            {
                gates.Leave(inode, index);
            }

            if (!await ParkAsync(ticket, since, cancellation).ConfigureAwait(false))
            {
                return Failed(StatusCode.Locked);
            }
        }

        return Failed(StatusCode.EAgain);
    }

    private async ValueTask<SupervisedReply> TryCutAsync(TruncateRequest request, uint inode, ChunkView chunk, CancellationToken cancellation)
    {
        var record = chunk.Record;
        var repeated = record.Work is { IsTruncate: true } && IsLocked(record) && record.LockSession == request.Caller.Session;
        if ((IsLocked(record) && !repeated) || IsBeingWrittenElsewhere(chunk))
        {
            return Failed(StatusCode.Locked);
        }

        var all = copies.Find(chunk.Id, record);
        if (repeated && record.Work!.OldChunk != chunk.Id)
        {
            all = [.. all, .. copies.Find(record.Work.OldChunk, record.Work.OldVersion)];
        }

        var servers = all.Where(c => (repeated || c.Version == record.Version) && copies.IsReachable(c.Server)).Select(static c => c.Server).DistinctBy(static s => s.Incarnation).ToList();
        if (servers.Count == 0)
        {
            return Failed(await ConfirmedAsync(WhyNoCopy(chunk.Id), chunk, cancellation).ConfigureAwait(false));
        }

        var flags = (TruncateFlags)request.Flags;
        var begin = new BeginTruncate
        {
            Inode = request.Inode,
            Flags = flags,
            Length = request.Length,
            Caller = request.Caller,
            SeenChunk = chunk.Id,
            SeenVersion = record.Version,
        };
        var begun = await ProposeAsync(begin, cancellation).ConfigureAwait(false);
        if (begun is not ChunkWorkReply work)
        {
            return Failed(begun.Status);
        }

        var (done, version, failure) = await CarryOutAsync(inode, work, servers, cancellation).ConfigureAwait(false);
        if (done.Count == 0 && IsInDoubt(work, failure))
        {
            return Failed(StatusCode.EAgain);
        }

        if (done.Count == 0)
        {
            await ProposeAsync(new AbandonWrite(inode, work.Index, work.Chunk, work.Version, request.Caller.Session), cancellation).ConfigureAwait(false);
            return Failed(failure == StatusCode.EAgain ? StatusCode.Mismatch : failure);
        }

        var ended = await ProposeAsync(new EndTruncate(request.Inode, flags, request.Length, work.Chunk, request.Caller) { Stamp = request.Stamp }, cancellation).ConfigureAwait(false);
        if (ended.Status == StatusCode.Ok)
        {
            Notify(
                ClientNotificationKind.ChunkChanged, inode, work.Index, work.Chunk, version, request.Length, work.OtherSessions,
                truncated: true, work.Work.CutBytes, (1u << ChunkBits) - work.Work.CutBytes);
        }

        return ended is LengthReply length ? new TruncateDone(length.PreviousLength, length.Attributes) : Failed(ended.Status);
    }

    private SupervisedReply Finished(TruncateRequest request, uint inode, Reply reply)
    {
        if (reply is not LengthReply length)
        {
            return Failed(reply.Status);
        }

        if (length.Length != length.PreviousLength && ((TruncateFlags)request.Flags & TruncateFlags.Reserve) == 0)
        {
            var sessions = replica.Answer(new GetOpenSessions(inode)) is SessionsReply open ? open.Sessions : [];
            Notify(ClientNotificationKind.LengthChanged, inode, 0, 0, 0, length.Length, [.. sessions.Where(s => s != request.Caller.Session)], truncated: false, 0, 0);
        }

        return new TruncateDone(length.PreviousLength, length.Attributes);
    }
}

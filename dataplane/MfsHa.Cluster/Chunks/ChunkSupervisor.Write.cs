using MfsHa.Cluster.Chunks.Care;
using MfsHa.Cluster.Push;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks;

public sealed partial class ChunkSupervisor
{
    /// <summary>How often an order is tried with other chunkservers, or looked at anew after the slot has changed.</summary>
    private const int MaxAttempts = 16;

    private async ValueTask<SupervisedReply> WriteAsync(WriteChunkRequest request, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        for (var attempt = 0; attempt < MaxAttempts;)
        {
            Task? ticket = null;
            await gates.EnterAsync(request.Inode, request.Index, cancellation).ConfigureAwait(false);
            try
            {
                var slot = await AskAsync(new ChunkOfFile(request.Inode, request.Index), cancellation).ConfigureAwait(false);
                if (slot is not ChunkReply found)
                {
                    return Failed(slot.Status);
                }

                if (found.Chunk is { } chunk)
                {
                    ticket = chunkSignals.Ticket(chunk.Id);
                }

                var (reply, again) = await TryWriteAsync(request, found, cancellation).ConfigureAwait(false);
                if (!again && reply.Status != StatusCode.Locked)
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
                gates.Leave(request.Inode, request.Index);
            }

            if (ticket is null || !await ParkAsync(ticket, since, cancellation).ConfigureAwait(false))
            {
                return Failed(StatusCode.Locked);
            }
        }

        return Failed(StatusCode.EAgain);
    }

    private async ValueTask<(SupervisedReply Reply, bool Again)> TryWriteAsync(WriteChunkRequest request, ChunkReply slot, CancellationToken cancellation)
    {
        if (slot.Chunk is { } lent && IsBeingWrittenElsewhere(lent))
        {
            return (Failed(StatusCode.Locked), false);
        }

        var (servers, seen, shortage) = Participants(request, slot);
        if (servers.Count == 0)
        {
            return (Failed(slot.Chunk is { } lost ? await ConfirmedAsync(shortage, lost, cancellation).ConfigureAwait(false) : shortage), false);
        }

        var begin = new BeginWrite
        {
            Inode = request.Inode,
            Index = request.Index,
            Flags = (ChunkOperationFlags)request.Flags,
            Caller = request.Caller,
            SeenChunk = slot.Chunk?.Id ?? 0,
            SeenVersion = slot.Chunk?.Record.Version ?? 0,
            Copies = seen,
            SeenCondemned = slot.Chunk?.Record.CondemnedAt?.Length ?? 0,
            Servers = Ids(servers),
        };
        var begun = await ProposeAsync(begin, cancellation).ConfigureAwait(false);
        if (begun is not ChunkWorkReply work)
        {
            return (Failed(begun.Status), begun.Status == StatusCode.Mismatch);
        }

        if (slot.Chunk is { } written && work.Work.Kind == ChunkWorkKind.None && !AreGood(written, copies.Find(written.Id, written.Record)))
        {
            // Copies are being made or deleted, or were until a moment ago, after they were looked at and before the chunk was locked: now that it is, with a new version.
            return (Failed(StatusCode.Mismatch), true);
        }

        IReadOnlyList<ChunkServerStatus> done = servers;
        var version = work.Version;
        if (work.Work.Kind != ChunkWorkKind.None)
        {
            (done, version, var status) = await CarryOutAsync(request.Inode, work, servers, cancellation).ConfigureAwait(false);
            if (done.Count == 0 && IsInDoubt(work, status))
            {
                return (Failed(StatusCode.EAgain), false);
            }

            if (done.Count == 0)
            {
                await ProposeAsync(new AbandonWrite(request.Inode, request.Index, work.Chunk, work.Version, request.Caller.Session), cancellation).ConfigureAwait(false);
                return (Failed(status), status is StatusCode.Disconnected or StatusCode.EAgain);
            }
        }

        Notify(ClientNotificationKind.ChunkChanged, request.Inode, request.Index, work.Chunk, version, work.FileLength, work.OtherSessions, truncated: false, 0, 0);
        return (new ChunkAccess(work.FileLength, work.Chunk, version, Order(request.PeerAddress, work.Chunk, done)), false);
    }

    /// <summary>Which chunkservers a write concerns, and what is known of the copies; a status when there are none.</summary>
    private (IReadOnlyList<ChunkServerStatus> Servers, SeenCopies Seen, StatusCode Shortage) Participants(WriteChunkRequest request, ChunkReply slot)
    {
        if (slot.Chunk is not { } chunk)
        {
            return Creation(slot.StorageClass);
        }

        var record = chunk.Record;
        var all = copies.Find(chunk.Id, record);
        if (record.Work is { } unfinished && record.LockSession == request.Caller.Session && IsLocked(record) && !trusted.HasSeen(chunk.Id, record.Version))
        {
            if (unfinished.Kind == ChunkWorkKind.Create && all.Count == 0)
            {
                // A client that goes on after an error has written to copies that are not to be seen now (mfsclient/writedata.c: continueop); one that never got an answer has not.
                return ((ChunkOperationFlags)request.Flags & ChunkOperationFlags.Continue) != 0
                    ? ([], SeenCopies.Unfinished, WhyNoCopy(chunk.Id))
                    : Creation(slot.StorageClass) with { Seen = SeenCopies.Unfinished };
            }

            // The order may have been executed, or not, on each copy that it was given to: it goes to those that may have the version before or after it. Never to
            // others: clients may have written since, which they have missed.
            var source = unfinished.OldChunk == chunk.Id || unfinished.OldChunk == 0 ? all : [.. all, .. copies.Find(unfinished.OldChunk, unfinished.OldVersion)];
            var concerned = source.Select(static c => c.Server).DistinctBy(static s => s.Incarnation)
                .Where(s => copies.IsReachable(s) && (unfinished.Servers is not { } given || given.Contains(s.Incarnation.ChunkServerId)))
                .ToList();
            return (concerned, SeenCopies.Unfinished, StatusCode.EAgain);
        }

        List<ChunkServerStatus> good = [.. all.Where(c => c.Version == record.Version && copies.IsReachable(c.Server)).Select(static c => c.Server)];
        if (good.Count == 0 && record.Work is not null && record.LockSession != request.Caller.Session && IsLocked(record))
        {
            // Another session's order is not executed yet.
            return ([], SeenCopies.Good, StatusCode.Locked);
        }

        if (good.Count == 0)
        {
            // Copies on chunkservers that are just reconnecting come back within seconds; the client asks again.
            return ([], SeenCopies.Good, all.Any(c => c.Version == record.Version) ? StatusCode.EAgain : WhyNoCopy(chunk.Id));
        }

        return (good, AreGood(chunk, all) ? SeenCopies.Good : SeenCopies.Doubtful, StatusCode.Ok);
    }

    // The care of copies first marks a chunk and then doubts it, so that both together tell whether it has begun anything since the last order of a write.
    private bool AreGood(ChunkView chunk, List<KnownCopy> all) =>
        !UnderCare.Contains(chunk.Id) && trusted.AreGood(chunk.Id, chunk.Record.Version, all, copies.IsReachable);

    private (IReadOnlyList<ChunkServerStatus> Servers, SeenCopies Seen, StatusCode Shortage) Creation(byte storageClass)
    {
        const byte Overloaded = 2;
        const byte HighSpeedRebalance = 5;
        var reachable = copies.Reachable;
        var (chosen, shortage) = ServerSelection.Choose(
            [.. reachable.Select(s => new SelectableServer(
                s.Incarnation.ChunkServerId, s.Info.Labels, s.Info.TotalSpace, s.Info.UsedSpace, 0, s.Info.HeavyLoadStatus is Overloaded or HighSpeedRebalance)
            {
                Address = s.Info.Ip,
                IsInMaintenance = book.IsInMaintenance(s.Incarnation.ChunkServerId),
            })],
            WantedForNew(storageClass),
            Interlocked.Add(ref seed, 0x9E37_79B9));
        var scanning = reachable.Any(static s => s.Info.TotalSpace == 0);
        return ([.. chosen.Select(id => reachable.First(s => s.Incarnation.ChunkServerId == id))], SeenCopies.Good, shortage switch
        {
            SelectionShortage.NoServers => copies.All.Count > 0 ? StatusCode.EAgain : StatusCode.NoChunkServers,
            SelectionShortage.NoSpace => scanning ? StatusCode.EAgain : StatusCode.NoSpace,
            SelectionShortage.Busy => StatusCode.EAgain,
            _ => StatusCode.Ok,
        });
    }

    private WantedCopies WantedForNew(byte storageClass) =>
        WantedCopies.OfNew(replica.Read(storageClass, static (state, id, _) => state.StorageClassOf(id)), pace.Current.UniqueAddresses)
        ?? WantedCopies.Anywhere(1);

    /// <summary>
    /// Sends a committed order. When some chunkservers fail, the others get one more version, so that a late or failed copy never looks
    /// current (chunkserver-protocol 5.3: emergency version increase).
    /// </summary>
    private async ValueTask<(IReadOnlyList<ChunkServerStatus> Done, uint Version, StatusCode Failure)> CarryOutAsync(
        uint inode, ChunkWorkReply work, IReadOnlyList<ChunkServerStatus> servers, CancellationToken cancellation)
    {
        const int MaxRaises = 3;
        trusted.Doubt(work.Chunk);
        var version = work.Version;
        var kind = work.Work.Kind;
        var results = await orders.ExecuteAsync(work.Work, work.Chunk, version, servers, cancellation).ConfigureAwait(false);
        for (var raise = 0; ; raise++)
        {
            List<ChunkServerStatus> done = [.. results.Where(static r => r.Status == StatusCode.Ok).Select(static r => r.Server)];
            var isComplete = done.Count == results.Count;

            // An order that another leader began may have reached chunkservers that are away now. What the client writes from here on they miss, so their copies must not
            // look current when they are back.
            var leavesOthers = work.Work.Resumed && raise == 0;
            if ((isComplete && !leavesOthers) || done.Count == 0 || raise == MaxRaises)
            {
                if (isComplete)
                {
                    copies.Executed(work.Chunk, version, done);
                    trusted.Trust(work.Chunk, version, work.Work.Resumed ? [] : done.Select(static s => s.Incarnation));
                }
                else
                {
                    LogFailure(work.Chunk, kind, version, results);
                }

                return (isComplete ? done : [], version, Failure(results));
            }

            if (!isComplete)
            {
                LogFailure(work.Chunk, kind, version, results);
            }

            copies.Executed(work.Chunk, version, done);
            var raised = await ProposeAsync(new SetChunkVersion(work.Chunk, version, version + 1, inode) { Servers = Ids(done) }, cancellation).ConfigureAwait(false);
            if (raised.Status != StatusCode.Ok)
            {
                return ([], version, StatusCode.EAgain);
            }

            results = await orders.RaiseVersionAsync(work.Chunk, version, done, cancellation).ConfigureAwait(false);
            kind = ChunkWorkKind.SetVersion;
            version++;
        }
    }

    /// <summary>
    /// The chunkservers went away with an order for the chunk that the file has: each copy has the version before or after it, nobody knows which. Lock and order stay, and the
    /// session's next try sends the order again; forgotten, it would leave a version that no copy may ever have.
    /// </summary>
    private static bool IsInDoubt(ChunkWorkReply work, StatusCode failure) => work.Work.OldChunk == work.Chunk && failure == StatusCode.EAgain;

    private static ushort[] Ids(IReadOnlyList<ChunkServerStatus> servers) => [.. servers.Select(static s => s.Incarnation.ChunkServerId)];

    private static StatusCode Failure(IReadOnlyList<OrderResult> results) =>
        results.All(static r => r.Status == StatusCode.NoSpace) ? StatusCode.NoSpace
        : results.Any(static r => r.Status == StatusCode.Disconnected) ? StatusCode.EAgain
        : results.Select(static r => r.Status).FirstOrDefault(static s => s != StatusCode.Ok, StatusCode.EAgain);

    private void LogFailure(ulong chunk, ChunkWorkKind kind, uint version, IReadOnlyList<OrderResult> results) =>
        Log.OrderFailed(
            logger,
            chunk,
            kind,
            version,
            results.Count(static r => r.Status != StatusCode.Ok),
            results.Count,
            string.Join(", ", results.Select(static r => $"{r.Server.Incarnation}: {r.Status}")));

    private async ValueTask<SupervisedReply> EndWriteAsync(EndWriteRequest request, CancellationToken cancellation)
    {
        var end = new EndWrite(request.Chunk, request.Inode, request.Index, request.Length, (ChunkOperationFlags)request.Flags, request.Caller)
        {
            Stamp = request.Stamp,
            ExecutedVersion = trusted.SeenVersion(request.Chunk),
        };
        var reply = await ProposeAsync(end, cancellation).ConfigureAwait(false);
        if (reply is WriteEndedReply ended)
        {
            Notify(
                ClientNotificationKind.ChunkChanged, request.Inode, request.Index, request.Chunk, ended.Version, ended.FileLength, ended.OtherSessions,
                truncated: false, request.Offset, request.Size);
        }

        return Failed(reply.Status);
    }
}

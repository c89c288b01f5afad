using MfsHa.Metadata.Chunks;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks.Care;

/// <content>Orders to chunkservers. Each runs beside the passes; their number is bounded by the limits per chunkserver.</content>
public sealed partial class CopyCare
{
    private void Reserve(CareDecision decision)
    {
        if (decision.Step == CareStep.Replicate)
        {
            ledger.BeginReplication(decision.Source, decision.Target);
        }
        else if (decision.Step == CareStep.Delete)
        {
            Array.ForEach(decision.Servers, ledger.BeginDeletion);
        }
    }

    private void Free(CareDecision decision)
    {
        if (decision.Step == CareStep.Replicate)
        {
            ledger.EndReplication(decision.Source, decision.Target);
        }
        else if (decision.Step == CareStep.Delete)
        {
            Array.ForEach(decision.Servers, ledger.EndDeletion);
        }
    }

    private async Task GiveOrdersAsync(List<(ulong Chunk, CareDecision Decision)> work, CancellationToken cancellation)
    {
        if (work.Count == 0)
        {
            return;
        }

        var given = 0;
        try
        {
            foreach (var (chunk, _) in work)
            {
                underCare.TryEnter(chunk);
                // Whatever a write has learnt about the copies before does not hold any more.
                trusted.Doubt(chunk);
            }

            await log.ReadBarrierAsync(cancellation).ConfigureAwait(false);
            var decidedIn = log.Leadership.Term;
            var now = Read([.. work.Select(static w => w.Chunk)]);
            var confirmed = await ConfirmAsync(work, now, cancellation).ConfigureAwait(false);
            await log.ReadBarrierAsync(cancellation).ConfigureAwait(false);
            for (; given < work.Count; given++)
            {
                var (_, decision) = work[given];
                var read = now[given];
                if (decidedIn != term || !IsStillRight(read, decision, confirmed))
                {
                    Free(decision);
                    End(read.Id);
                    continue;
                }

                _ = CarryOutAsync(read, decision, decidedIn);
            }
        }
        finally
        {
            for (; given < work.Count; given++)
            {
                Free(work[given].Decision);
                End(work[given].Chunk);
            }
        }
    }

    private void End(ulong chunk)
    {
        underCare.Leave(chunk);
        queue.AddLater(chunk, ReportsTravel);
    }

    // Copies of a chunk that stays are deleted only when one that stays is there now: the condemnation may be old, of an earlier leader. And a version is healed only when no copy has
    // the committed one now: what one of them has just got may not have come to this leader yet, and the others lack what was written since.
    private Task<(HashSet<ConfirmedCopy> There, HashSet<ConfirmedCopy> Unknown)> ConfirmAsync(
        List<(ulong Chunk, CareDecision Decision)> work, List<ChunkRead> now, CancellationToken cancellation)
    {
        var questions = new List<(NodeId Gateway, ConfirmedCopy Copy)>();
        for (var i = 0; i < work.Count; i++)
        {
            var (id, decision) = work[i];
            if (now[i].Record is not { Condemned: false } record)
            {
                continue;
            }

            (IEnumerable<ChunkServerStatus> asked, uint[] versions) = decision.Step switch
            {
                CareStep.Delete => (Staying(id, record).Select(static c => c.Server), [record.Version]),
                CareStep.RaiseCopies or CareStep.AdoptVersion => (copies.Reachable, [record.Version, decision.Version]),
                _ => ((IEnumerable<ChunkServerStatus>)[], (uint[])[]),
            };
            questions.AddRange(asked.SelectMany(s => versions.Select(v => (s.Gateway, Question(id, v, s)))));
        }

        return questions.Count == 0
            ? Task.FromResult<(HashSet<ConfirmedCopy>, HashSet<ConfirmedCopy>)>(([], []))
            : confirmation.AskAsync(questions, cancellation);
    }

    private static ConfirmedCopy Question(ulong chunk, uint version, ChunkServerStatus server) =>
        new(chunk, version, server.Incarnation.ChunkServerId, server.Incarnation.Epoch);

    private IEnumerable<KnownCopy> Staying(ulong chunk, Metadata.State.Chunk record) =>
        copies.Find(chunk, record).Where(c => c.Version == record.Version && copies.IsReachable(c.Server));

    private bool IsStillRight(in ChunkRead read, CareDecision decision, (HashSet<ConfirmedCopy> There, HashSet<ConfirmedCopy> Unknown) confirmed)
    {
        if (read.Record is not { } record)
        {
            return false;
        }

        var id = read.Id;
        return decision.Step switch
        {
            CareStep.Delete when record.Condemned => true,
            CareStep.Delete => Array.TrueForAll(decision.Servers, record.IsCondemnedAt)
                && Staying(id, record).Any(c => confirmed.There.Contains(Question(id, record.Version, c.Server))),
            CareStep.RaiseCopies when decision.Version + 1 != record.Version => false,
            CareStep.AdoptVersion when decision.Version != record.Version + 1 => false,
            CareStep.RaiseCopies or CareStep.AdoptVersion when !IsWithoutGoodCopy(id, record.Version, decision.Version, confirmed) => false,
            _ => record.References > 0 && !record.Condemned && !read.IsLocked && !record.IsCondemnedAt(decision.Target),
        };
    }

    private bool IsWithoutGoodCopy(ulong chunk, uint version, uint healed, (HashSet<ConfirmedCopy> There, HashSet<ConfirmedCopy> Unknown) confirmed) =>
        copies.Reachable.All(s => Question(chunk, version, s) is var good && !confirmed.There.Contains(good) && !confirmed.Unknown.Contains(good))
        && copies.Find(chunk, healed).TrueForAll(c => confirmed.There.Contains(Question(chunk, healed, c.Server)));

    private async Task CarryOutAsync(ChunkRead read, CareDecision decision, long decidedIn)
    {
        try
        {
            switch (decision.Step)
            {
                case CareStep.Delete:
                    await DeleteAsync(read, decision, decidedIn).ConfigureAwait(false);
                    break;
                case CareStep.Replicate:
                    await ReplicateAsync(read, decision, decidedIn).ConfigureAwait(false);
                    break;
                case CareStep.RaiseCopies:
                    await RaiseAsync(read, decision).ConfigureAwait(false);
                    break;
                case CareStep.AdoptVersion:
                    var adopted = await ProposeAsync(new SetChunkVersion(read.Id, read.Record!.Version, decision.Version, 0), stopped).ConfigureAwait(false);
                    if (adopted.Status == StatusCode.Ok)
                    {
                        Log.Healed(logger, read.Id, decision.Step, decision.Version);
                    }

                    break;
                default:
                    throw new InvalidOperationException($"{decision.Step} is no order");
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // This node stops.
        }
#pragma warning disable CA1031 // An order that fails, however, must not hold its chunk and its place for ever; it is tried again.
        catch (Exception e)
        {
            Log.OrderFailed(logger, read.Id, e);
        }
#pragma warning restore CA1031
        finally
        {
            Free(decision);
            End(read.Id);
        }
    }

    private async Task DeleteAsync(ChunkRead read, CareDecision decision, long decidedIn)
    {
        var known = copies.FindAll(read.Id, out _);
        await Task.WhenAll(decision.Servers.Select(id => DeleteAsync(read, known.FindAll(c => c.Server.Incarnation.ChunkServerId == id), decidedIn))).ConfigureAwait(false);
    }

    private async Task DeleteAsync(ChunkRead read, List<KnownCopy> held, long decidedIn)
    {
        foreach (var copy in held.Where(c => copies.IsReachable(c.Server)))
        {
            // Of a chunk that stays, only the copy of the version that was seen goes; of one that goes, all.
            var version = read.Record!.Condemned || copy.IsDamaged ? 0 : copy.Version;
            var status = await orders.DeleteAsync(read.Id, version, copy.Server, decidedIn, stopped).ConfigureAwait(false);
            if (status is StatusCode.Ok or StatusCode.NoChunk)
            {
                copies.Deleted(read.Id, copy.Server.Incarnation);
                Log.Deleted(logger, read.Id, copy.Server.Incarnation.ChunkServerId);
            }
            else
            {
                Log.NotDeleted(logger, read.Id, copy.Server.Incarnation.ChunkServerId, status);
                await Task.Delay(LookAgain, clock, stopped).ConfigureAwait(false);
            }
        }
    }

    private async Task ReplicateAsync(ChunkRead read, CareDecision decision, long decidedIn)
    {
        var version = read.Record!.Version;
        var from = copies.Find(read.Id, version).Find(c => c.Server.Incarnation.ChunkServerId == decision.Source && copies.IsReachable(c.Server)).Server;
        var to = copies.Reachable.Where(s => s.Incarnation.ChunkServerId == decision.Target).MaxBy(static s => s.Incarnation.Epoch);
        if (from is null || to is null)
        {
            return;
        }

        var status = await orders.ReplicateAsync(read.Id, version, from, to, decidedIn, stopped).ConfigureAwait(false);
        if (status == StatusCode.Ok)
        {
            copies.Executed(read.Id, version, [to]);
            Log.Replicated(logger, read.Id, decision.Source, decision.Target, decision.Kind);
        }
        else
        {
            Log.NotReplicated(logger, read.Id, decision.Source, decision.Target, status);
            await Task.Delay(LookAgain, clock, stopped).ConfigureAwait(false);
        }
    }

    private async Task RaiseAsync(ChunkRead read, CareDecision decision)
    {
        var holders = copies.Find(read.Id, decision.Version).Where(c => decision.Servers.Contains(c.Server.Incarnation.ChunkServerId)).Select(static c => c.Server).ToList();
        var results = await orders.RaiseVersionAsync(read.Id, decision.Version, holders, stopped).ConfigureAwait(false);
        List<ChunkServerStatus> done = [.. results.Where(static r => r.Status == StatusCode.Ok).Select(static r => r.Server)];
        if (done.Count > 0)
        {
            copies.Executed(read.Id, decision.Version + 1, done);
            Log.Healed(logger, read.Id, decision.Step, decision.Version);
        }
    }
}

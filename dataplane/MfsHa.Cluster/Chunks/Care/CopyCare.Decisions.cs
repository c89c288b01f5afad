using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks.Care;

/// <content>Looks at chunks, commits what must be committed, and gives the orders.</content>
public sealed partial class CopyCare
{
    /// <summary>After so many chunks in a row that limits keep waiting, the rest of their queue waits for the next pass.</summary>
    private const int BlockedInARow = 64;

    private const int LongLockSeconds = 600;

    private async Task LookAtWaitingAsync(CarePriority priority, int budget, CancellationToken cancellation)
    {
        var count = Math.Min(budget, queue.CountOf(priority));
        while (count > 0)
        {
            var chunks = queue.TakeWaiting(priority, Math.Min(BlockedInARow, count));
            if (chunks.Count == 0)
            {
                return;
            }

            count -= chunks.Count;
            var done = await LookAtAsync(Read(chunks), balance: false, cancellation).ConfigureAwait(false);
            if (done == 0)
            {
                return;
            }
        }
    }

    /// <summary>Returns how many chunks were not blocked by limits.</summary>
    private async Task<int> LookAtAsync(List<ChunkRead> chunks, bool balance, CancellationToken cancellation)
    {
        var work = new CareWork();
        var rules = new CareRules(balance, pace.Current.AcceptableDifference);
        var free = 0;
        foreach (var chunk in chunks)
        {
            if (underCare.Contains(chunk.Id))
            {
                // Whoever has an order for it under way looks at it again.
                continue;
            }

            var known = copies.FindAll(chunk.Id, out var hasParts);
            if (chunk.Record is null)
            {
                if (known.Count > 0)
                {
                    work.Unknown.Add(new ReportedChunk(chunk.Id, known.Max(static c => c.Version)));
                }

                continue;
            }

            var decision = CarePlan.Decide(CaseOf(chunk, known, hasParts), servers, ledger, rules);
            free += decision.Step == CareStep.Blocked ? 0 : 1;
            Note(work, chunk, decision, known);
        }

        try
        {
            await CommitAsync(work, cancellation).ConfigureAwait(false);
        }
        catch
        {
            work.Orders.ForEach(o => Free(o.Decision));
            throw;
        }

        await GiveOrdersAsync(work.Orders, cancellation).ConfigureAwait(false);
        return free;
    }

    private void Note(CareWork work, in ChunkRead chunk, CareDecision decision, List<KnownCopy> known)
    {
        switch (decision.Step)
        {
            case CareStep.None:
                break;
            case CareStep.Later when chunk.Record!.LockedUntil > clock.GetUtcNow().ToUnixTimeSeconds() + LongLockSeconds:
                // An adopted chunk: the loop over all chunks sees when its time has come.
                break;
            case CareStep.Later:
                queue.AddLater(chunk.Id, LookAgain);
                break;
            case CareStep.Blocked when decision.Priority != CarePriority.Balance:
                queue.AddWaiting(chunk.Id, decision.Priority);
                break;
            case CareStep.Blocked:
                break;
            case CareStep.Condemn:
                work.Condemned.Add(chunk.Id);
                break;
            case CareStep.Forget:
                work.Forgotten.Add(chunk.Id);
                break;
            case CareStep.ForgetCopies:
                work.ForgottenCopies.Add(new ChunkCopies(chunk.Id, chunk.Record!.Version, decision.Servers));
                break;
            case CareStep.CondemnCopies:
                work.CondemnedCopies.Add((new ChunkCopies(chunk.Id, chunk.Record!.Version, decision.Servers), Kept(decision, chunk.Id, chunk.Record!.Version, known)));
                break;
            default:
                work.Orders.Add((chunk.Id, decision));
                Reserve(decision);
                break;
        }
    }

    private static List<(NodeId Gateway, ConfirmedCopy Copy)> Kept(CareDecision decision, ulong chunk, uint version, List<KnownCopy> known) =>
    [
        .. known
            .Where(c => c.Version == version && c.Server.IsConnected && decision.Keep.Contains(c.Server.Incarnation.ChunkServerId))
            .Select(c => (c.Server.Gateway, new ConfirmedCopy(chunk, version, c.Server.Incarnation.ChunkServerId, c.Server.Incarnation.Epoch))),
    ];

    private async Task CommitAsync(CareWork work, CancellationToken cancellation)
    {
        if (work.Unknown.Count > 0)
        {
            await AdoptAsync(work.Unknown, cancellation).ConfigureAwait(false);
        }

        if (work.Condemned.Count + work.CondemnedCopies.Count > 0 && replica.Read(0, static (state, _, _) => state.DeletionsAreHeld))
        {
            // A command would do nothing, again and again.
            Log.DeletionsHeld(logger, work.Condemned.Count + work.CondemnedCopies.Count);
            work.Condemned.Clear();
            work.CondemnedCopies.Clear();
            hasHeldBack = true;
        }

        foreach (var part in work.Condemned.Chunk(CondemnChunks.MaxChunks))
        {
            Again(await ProposeAsync(new CondemnChunks(part), cancellation).ConfigureAwait(false));
        }

        if (work.CondemnedCopies.Count > 0)
        {
            await CondemnCopiesAsync(work.CondemnedCopies, cancellation).ConfigureAwait(false);
        }

        foreach (var part in work.ForgottenCopies.Chunk(CondemnCopies.MaxChunks))
        {
            await ProposeAsync(new ForgetCopies(part), cancellation).ConfigureAwait(false);
            foreach (var copy in part)
            {
                queue.Add(copy.Chunk);
            }
        }

        foreach (var part in work.Forgotten.Chunk(ForgetChunks.MaxChunks))
        {
            await ProposeAsync(new ForgetChunks(part), cancellation).ConfigureAwait(false);
        }
    }

    // What this leader does not know was not created by anything that was committed, or was removed: it is noted, and deleted only much later (design.md 13.2).
    private async Task AdoptAsync(List<ReportedChunk> unknown, CancellationToken cancellation)
    {
        await log.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        var stillUnknown = Read([.. unknown.Select(static u => u.Chunk)]).Where(static r => r.Record is null).Select(static r => r.Id).ToHashSet();
        foreach (var part in unknown.Where(u => stillUnknown.Contains(u.Chunk)).Chunk(AdoptUnknownChunks.MaxChunks))
        {
            if (await ProposeAsync(new AdoptUnknownChunks(part), cancellation).ConfigureAwait(false) is CountReply { Count: > 0 and var count })
            {
                Log.Adopted(logger, count, part[0].Chunk, AdoptUnknownChunks.KeepSeconds / 86_400);
            }
        }
    }

    private async Task CondemnCopiesAsync(List<(ChunkCopies Copies, List<(NodeId Gateway, ConfirmedCopy Copy)> Keep)> condemned, CancellationToken cancellation)
    {
        var (confirmed, _) = await confirmation.AskAsync(condemned.SelectMany(static c => c.Keep), cancellation).ConfigureAwait(false);
        var certain = new List<ChunkCopies>();
        foreach (var (chunk, keep) in condemned)
        {
            if (keep.Count > 0 && keep.TrueForAll(k => confirmed.Contains(k.Copy)))
            {
                certain.Add(chunk);
            }
            else
            {
                Log.NotConfirmed(logger, chunk.Chunk, string.Join(", ", chunk.Servers));
                queue.AddLater(chunk.Chunk, LookAgain);
            }
        }

        foreach (var part in certain.Chunk(CondemnCopies.MaxChunks))
        {
            Again(await ProposeAsync(new CondemnCopies(part), cancellation).ConfigureAwait(false));
        }
    }

    private void Again(Reply reply)
    {
        if (reply is ChunksReply condemned)
        {
            foreach (var chunk in condemned.Chunks)
            {
                queue.Add(chunk.Id);
            }
        }
    }

    /// <summary>What a look at some chunks has brought up.</summary>
    private sealed class CareWork
    {
        public List<ReportedChunk> Unknown { get; } = [];

        public List<ulong> Condemned { get; } = [];

        public List<ulong> Forgotten { get; } = [];

        public List<ChunkCopies> ForgottenCopies { get; } = [];

        public List<(ChunkCopies Copies, List<(NodeId Gateway, ConfirmedCopy Copy)> Keep)> CondemnedCopies { get; } = [];

        public List<(ulong Chunk, CareDecision Decision)> Orders { get; } = [];
    }
}

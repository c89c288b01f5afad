using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks.Care;

/// <content>Where chunks to look at come from: chunkservers' reports, changed files (<see cref="OnTouched"/>), and the loop over all chunks.</content>
public sealed partial class CopyCare
{
    /// <summary>Chunks per second of a loop that nothing has asked for: nearly free, and changes are noticed otherwise.</summary>
    private const int QuietChunksPerSecond = 2000;

    /// <summary>Chunks per second of a loop that a change of chunkservers has asked for.</summary>
    private const int UrgentChunksPerSecond = 20_000;

    private const ulong ChunkMask = (1UL << 56) - 1;
    private readonly Dictionary<ChunkServerIncarnation, long> cursors = [];
    private ulong scanNext;
    private bool isScanning;
    private bool isUrgent;
    private bool isWanted;
    private double scanAllowance;
    private long scanBegan;
    private long scanPaced;

    private void ResetScan()
    {
        (scanNext, isScanning, isUrgent, isWanted, scanAllowance, scanBegan, scanPaced) = (0, false, false, true, 0, 0, clock.GetTimestamp());
    }

    private void AskForScan(bool wanted) => isWanted |= wanted;

    // What has changed at chunkservers since the last pass; everything, when this node has just become leader.
    private void ReadReports(int budget)
    {
        Span<ulong> page = stackalloc ulong[Batch];
        var known = new HashSet<ChunkServerIncarnation>();
        budget = Math.Min(budget, UrgentChunksPerSecond / 4);
        foreach (var server in copies.All)
        {
            known.Add(server.Incarnation);
            if (!server.IsComplete)
            {
                continue;
            }

            var cursor = cursors.GetValueOrDefault(server.Incarnation);
            for (int count; budget > 0 && queue.Count < CareQueue.Limit / 2 && (count = view.ReadChanges(server.Incarnation, ref cursor, page)) > 0; budget -= count)
            {
                foreach (var part in page[..count])
                {
                    var chunk = part & ChunkMask;
                    if (owns(chunk))
                    {
                        queue.Add(chunk);
                    }
                }
            }

            cursors[server.Incarnation] = cursor;
        }

        foreach (var over in cursors.Keys.Where(k => !known.Contains(k)).ToList())
        {
            cursors.Remove(over);
        }
    }

    // The loop over all chunks: a page at a time, as many as the pace allows.
    private async Task ScanAsync(CancellationToken cancellation)
    {
        var now = clock.GetTimestamp();
        var settings = pace.Current;
        if (!isScanning)
        {
            scanPaced = now;
            if (!isWanted && scanBegan != 0 && clock.GetElapsedTime(scanBegan, now) < settings.LoopMinTime)
            {
                return;
            }

            (isScanning, isUrgent, isWanted, scanNext, scanBegan, scanAllowance) = (true, isWanted, false, 0, now, Batch);
        }

        var perSecond = Math.Min(settings.MaxChunksPerSecond, isUrgent || isWanted ? UrgentChunksPerSecond : QuietRate(settings));
        scanAllowance = Math.Min(perSecond, scanAllowance + (perSecond * clock.GetElapsedTime(scanPaced, now).TotalSeconds));
        scanPaced = now;
        while (scanAllowance >= Batch)
        {
            scanAllowance -= Batch;
            var (page, next) = ReadPage(scanNext);
            await LookAtAsync(page, balance: !isUrgent && queue.IsIdle, cancellation).ConfigureAwait(false);
            scanNext = next;
            if (next == 0)
            {
                isScanning = false;
                return;
            }
        }
    }

    private int QuietRate(CarePace settings)
    {
        var chunks = replica.Read(0, static (state, _, _) => state.Counters.Chunks);
        return (int)Math.Clamp(chunks / Math.Max(1, settings.LoopMinTime.TotalSeconds), Batch, QuietChunksPerSecond);
    }

    private (List<ChunkRead> Page, ulong Next) ReadPage(ulong from) => replica.Read(from, static (state, first, now) =>
    {
        var page = new List<ChunkRead>(Batch);
        foreach (var (id, chunk) in state.Chunks.Range(first, 0, toEnd: true))
        {
            if (page.Count == Batch)
            {
                return (page, id);
            }

            page.Add(new ChunkRead(id, chunk, state.StorageClassOf(chunk.StorageClass), chunk.IsLocked(now)));
        }

        return (page, 0ul);
    });

    private List<ChunkRead> Read(IReadOnlyList<ulong> chunks) => replica.Read(chunks, static (state, ids, now) =>
    {
        var found = new List<ChunkRead>(ids.Count);
        foreach (var id in ids)
        {
            var chunk = state.Chunks.Get(id);
            found.Add(new ChunkRead(id, chunk, chunk is null ? null : state.StorageClassOf(chunk.StorageClass), chunk?.IsLocked(now) ?? false));
        }

        return found;
    });

    private ChunkCase CaseOf(in ChunkRead read, List<KnownCopy> known, bool hasParts)
    {
        var record = read.Record!;
        var work = record.Work is { Kind: ChunkWorkKind.SetVersion or ChunkWorkKind.Truncate } order && order.OldChunk == read.Id ? order : null;
        return new ChunkCase(read.Id, record.Version)
        {
            References = record.References,
            IsLocked = read.IsLocked || (record.References == 0 && record.KeptUntil >= clock.GetUtcNow().ToUnixTimeSeconds()),
            IsCondemned = record.Condemned,
            CondemnedAt = record.CondemnedAt ?? [],
            VersionBeforeWork = work?.OldVersion,
            HealedOnlyAt = work is { IsEnded: true } ? work.Servers : null,
            HasParts = hasParts,
            Wanted = WantedCopies.OfExisting(read.Class, record.Archived, pace.Current.UniqueAddresses),
            Copies = known.ConvertAll(static c => new CopyCase(c.Server.Incarnation.ChunkServerId, c.Version, c.IsMarkedForRemoval, c.IsDamaged)),
        };
    }

    private readonly record struct ChunkRead(ulong Id, Chunk? Record, StorageClassRecord? Class, bool IsLocked);
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Sharding;

/// <summary>What an object counts for at one of its entries in another shard.</summary>
[MemoryPackable]
public sealed partial record EntryTotals(uint Number, ulong Edge, TotalsReport Report);

/// <summary>
/// Shards tell each other what their objects count for in directories of the others: absolute values with the log index at which they were true, so that
/// repetitions and late copies do no harm. Answers with the numbers whose entries were found.
/// </summary>
[MemoryPackable]
public sealed partial record TakeTotals(EntryTotals[] Reports) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) =>
        new InodesReply([.. Reports.Where(r => state.TakeReport(r.Number, r.Edge, r.Report)).Select(static r => r.Number)]);
}

/// <summary>The other shards know the totals of these objects as they were at a log index.</summary>
[MemoryPackable]
public sealed partial record TotalsReported(uint[] Numbers, long Index) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        foreach (var number in Numbers)
        {
            if (state.Unreported.Get(number) is { } waiting && waiting.Since < Index)
            {
                state.Unreported.Remove(number);
            }
        }

        return StatusReply.Ok;
    }
}

/// <summary>The totals that a shard has to report, as they are at <paramref name="Index"/> of its log.</summary>
/// <param name="Index">Applied index.</param>
/// <param name="Objects">Objects with their entries elsewhere; without any when there is nothing to tell.</param>
public sealed record DueReports(long Index, IReadOnlyList<(uint Number, IReadOnlyList<(uint Parent, ulong Edge)> Entries, SubtreeTotals Totals)> Objects)
{
    /// <summary>Reads up to <paramref name="limit"/> of them.</summary>
    public static DueReports Of(NamespaceState state, int limit)
    {
        var objects = new List<(uint Number, IReadOnlyList<(uint Parent, ulong Edge)> Entries, SubtreeTotals Totals)>();
        foreach (var (number, _) in state.Unreported.All().Take(limit))
        {
            // A held object may be on its way elsewhere: it reports when that is settled.
            if (state.Reach!.Locks.WhoDenies(new UnitLock(number, LockMode.Use)) is not null)
            {
                continue;
            }

            if (state.Inodes.GetSettled(number) is not { } inode)
            {
                objects.Add((number, [], SubtreeTotals.Empty));
                continue;
            }

            var entries = state.LinksOf(number, inode).FindAll(l => state.IsElsewhere(l.Parent));
            objects.Add((number, entries, SubtreeTotals.Empty.Plus(state.Contribution(number, inode))));
        }

        return new DueReports(state.Position.Index, objects);
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Metadata.State;

/// <content>
/// Quotas of other shards' directories (docs/transactions.md): what is known of their limits and usage, and which of them bind below which directory. Both are
/// copies that others send; they lag.
/// </content>
public sealed partial class NamespaceState
{
    /// <summary>Quotas of other shards, by shard.</summary>
    internal Table<uint, QuotaBoard, UInt32Key, MemoryPackValue<QuotaBoard>> QuotaBoards { get; private set; } = null!;

    /// <summary>Which quotas bind below directories of other shards in which objects of this one are.</summary>
    internal Table<uint, QuotaChain, UInt32Key, MemoryPackValue<QuotaChain>> QuotaChains { get; private set; } = null!;

    /// <summary>The shard's own quotas for the others.</summary>
    internal QuotaBoard OwnQuotas() => new(
        Position.Index, [.. Quotas.All().Take(QuotaBoard.MaxQuotas).Select(q => new QuotaOnBoard(q.Key, q.Value, Totals.Require(q.Key)))]);

    /// <summary>Another shard has told of its quotas.</summary>
    internal void TakeQuotas(ushort owner, QuotaBoard board)
    {
        var known = QuotaBoards.Get(owner) ?? QuotaBoard.Empty;
        if (board.Sequence <= known.Sequence)
        {
            return;
        }

        QuotaBoards.Set(owner, board);
        if (board.Quotas.Length > 0)
        {
            NoteQuotas();
        }

        if (!board.HasSameDirectories(known))
        {
            ForgetQuotaChains();
        }
    }

    /// <summary>The directories with quotas at and above one of this shard, the nearest first.</summary>
    internal IEnumerable<uint> QuotaDirectoriesAbove(uint directory) => HasQuotas ? QuotasAbove(directory).Select(static q => q.Number) : [];

    /// <summary>The quota of a directory wherever it is, and what is used of it; null if it has none.</summary>
    internal (QuotaRecord Quota, SubtreeTotals Usage)? QuotaWithUsage(uint directory)
    {
        if (IsElsewhere(directory))
        {
            return QuotaBoards.Get(Reach!.Layout.ShardOf(directory))?.Find(directory) is { } known ? (known.Quota, known.Usage) : null;
        }

        return Quotas.Get(directory) is { } quota ? (quota, Totals.Require(directory)) : null;
    }

    private void ForgetQuotaChains()
    {
        foreach (var (directory, _) in QuotaChains.All().ToList())
        {
            QuotaChains.Remove(directory);
        }
    }

    private void NoteQuotas()
    {
        if (!HasQuotas)
        {
            Marks.Add(QuotasAreUsed, Present.Value);
        }
    }

    private IEnumerable<(uint Number, QuotaRecord Quota, SubtreeTotals Usage)> OuterQuotas(uint directory)
    {
        var chain = QuotaChains.Get(directory) ?? throw new RecordsElsewhereException([new RecordNeed(RecordNeed.QuotaChain, directory, null)]);
        foreach (var number in chain.Quotas)
        {
            if (QuotaWithUsage(number) is var (quota, usage))
            {
                yield return (number, quota, usage);
            }
        }
    }
}

using MemoryPack;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Quotas;

/// <summary>A quota of another shard and what is used of it.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Quota">Its limits.</param>
/// <param name="Usage">Totals of the directory.</param>
[MemoryPackable]
public sealed partial record QuotaOnBoard(uint Directory, QuotaRecord Quota, SubtreeTotals Usage);

/// <summary>All quotas of one shard as they were at an index of its log: an absolute value, so that repetitions and late copies do no harm.</summary>
/// <param name="Sequence">Log index of the shard; a later board replaces an earlier one.</param>
/// <param name="Quotas">Ascending by directory.</param>
[MemoryPackable]
public sealed partial record QuotaBoard(long Sequence, QuotaOnBoard[] Quotas)
{
    /// <summary>Most quotas of one shard that others are told; further ones bind within their shard only.</summary>
    public const int MaxQuotas = 10_000;

    /// <summary>No quotas.</summary>
    public static readonly QuotaBoard Empty = new(0, []);

    /// <summary>The quota of a directory; null if it has none.</summary>
    public QuotaOnBoard? Find(uint directory)
    {
        var (low, high) = (0, Quotas.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Quotas[middle].Directory == directory)
            {
                return Quotas[middle];
            }

            (low, high) = Quotas[middle].Directory < directory ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>True when both are about the same directories.</summary>
    public bool HasSameDirectories(QuotaBoard other) =>
        Quotas.Length == other.Quotas.Length && Quotas.Zip(other.Quotas).All(static p => p.First.Directory == p.Second.Directory);

    /// <summary>True when both say the same.</summary>
    public bool SaysSame(QuotaBoard other) => Quotas.AsSpan().SequenceEqual(other.Quotas);
}

/// <summary>The directories with quotas at and above a directory of another shard.</summary>
/// <param name="Directory">That directory.</param>
/// <param name="Quotas">Directories with quotas, the nearest first.</param>
[MemoryPackable]
public sealed partial record QuotaChain(uint Directory, uint[] Quotas)
{
    /// <summary>True when both say the same.</summary>
    public bool SaysSame(QuotaChain other) => Directory == other.Directory && Quotas.AsSpan().SequenceEqual(other.Quotas);
}

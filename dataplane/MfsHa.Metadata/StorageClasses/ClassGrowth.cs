using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.StorageClasses;

/// <summary>
/// How much more room copies may take when files get another class, summed up for each directory above them
/// (mfsmaster/filesystem.c: fsnodes_setsclass_recursive_test_quota).
/// </summary>
internal sealed class ClassGrowth(NamespaceState state, StorageClassRecord wanted)
{
    private const int Eighths = 8;
    private readonly Dictionary<uint, long> growth = [];

    /// <summary>Adds what a file grows by; nothing if it is not changed, or gets fewer copies.</summary>
    public void Add(Caller caller, uint number, Inode inode)
    {
        if (!state.HasQuotas || !inode.IsFile || !SubtreeChange.IsOwner(caller, inode) || inode.Has(ExtraAttributes.Immutable))
        {
            return;
        }

        var size = state.Contribution(number, inode).Size;
        var before = state.MostRealSize(inode.StorageClass, Eighths);
        var after = Math.Max(wanted.Keep.StorageEighths(), wanted.Archive.StorageEighths());
        if (after <= before || size == 0)
        {
            return;
        }

        foreach (var (parent, _) in state.LinksOf(number, inode))
        {
            growth[parent] = growth.GetValueOrDefault(parent) + (size * (after - before) / Eighths);
        }
    }

    /// <summary>True when a quota above any of the files has no room.</summary>
    public bool ExceedsQuota()
    {
        var above = new Dictionary<uint, (QuotaRecord Quota, SubtreeTotals Usage, long Bytes)>();
        foreach (var (directory, bytes) in growth)
        {
            foreach (var (number, quota, usage) in state.QuotasAbove(directory))
            {
                above[number] = (quota, usage, above.GetValueOrDefault(number).Bytes + bytes);
            }
        }

        return above.Values.Any(static a => a.Quota.HasNoRoom(a.Usage, new TotalsChange(0, RealSize: a.Bytes)));
    }
}

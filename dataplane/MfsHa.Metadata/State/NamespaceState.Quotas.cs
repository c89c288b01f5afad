using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Quotas;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>Quotas and their enforcement (client-protocol 7.6).</content>
public sealed partial class NamespaceState
{
    private const uint QuotasAreUsed = 2;

    /// <summary>Quotas by directory. Change them with <see cref="SetQuota"/>.</summary>
    public Table<uint, QuotaRecord, UInt32Key, MemoryPackValue<QuotaRecord>> Quotas { get; private set; } = null!;

    /// <summary>True when there was ever a quota: otherwise nobody has to look for one.</summary>
    public bool HasQuotas => Marks.Contains(QuotasAreUsed);

    /// <summary>Sets or removes (null) the quota of a directory.</summary>
    public void SetQuota(uint directory, QuotaRecord? quota)
    {
        var before = Quotas.Contains(directory);
        if (quota is not null)
        {
            Quotas.Set(directory, quota);
            NoteQuotas();
        }
        else if (before)
        {
            Quotas.Remove(directory);
        }

        if (before != quota is not null)
        {
            ForgetQuotaChains();
        }
    }

    /// <summary>The path of a directory from the root, with leading slash.</summary>
    public byte[] PathOfDirectory(uint number)
    {
        if (number == RootInode || Inodes.Get(number) is not { Parent: not 0 } inode)
        {
            return "/"u8.ToArray();
        }

        var path = PathOf(RootInode, inode.Parent, Edges.Require((inode.Parent, inode.ParentEdge)).Name);
        return [(byte)'/', .. path ?? []];
    }

    partial void TestQuota(uint directory, in TotalsChange added, ref bool exceeded)
    {
        if (!HasQuotas)
        {
            return;
        }

        foreach (var (_, quota, used) in QuotasAbove(directory))
        {
            if (quota.HasNoRoom(used, added))
            {
                exceeded = true;
                return;
            }
        }
    }

    /// <summary>
    /// mfsmaster/filesystem.c: fsnodes_test_quota_for_uncommon_nodes. When a quota counts the destination but not the source, it and all above it are tested.
    /// </summary>
    partial void TestQuotaOfMove(uint destination, uint source, in TotalsChange added, ref bool exceeded)
    {
        if (!HasQuotas)
        {
            return;
        }

        var sources = QuotasAbove(source).Select(static q => q.Number).ToHashSet();
        if (QuotasAbove(destination).Any(q => !sources.Contains(q.Number)))
        {
            TestQuota(destination, added, ref exceeded);
        }
    }

    partial void ClipByQuotas(uint directory, ref ulong total, ref ulong available)
    {
        if (!HasQuotas)
        {
            return;
        }

        foreach (var (_, quota, used) in QuotasAbove(directory))
        {
            var usage = QuotaAmounts.Of(used);
            Clip(Smallest(quota, QuotaFlags.SoftRealSize, quota.Soft.RealSize, quota.Hard.RealSize), usage.RealSize, ref total, ref available);
            Clip(Smallest(quota, QuotaFlags.SoftSize, quota.Soft.Size, quota.Hard.Size), usage.Size, ref total, ref available);
            Clip(Smallest(quota, QuotaFlags.SoftLength, quota.Soft.Length, quota.Hard.Length), usage.Length, ref total, ref available);
        }
    }

    private static ulong? Smallest(QuotaRecord quota, QuotaFlags flag, ulong soft, ulong hard) =>
        ((quota.SoftInForce & flag) != 0, (quota.HardInForce & flag) != 0) switch
        {
            (true, true) => Math.Min(soft, hard),
            (true, false) => soft,
            (false, true) => hard,
            _ => null,
        };

    private static void Clip(ulong? limit, ulong used, ref ulong total, ref ulong available)
    {
        if (limit is not { } most)
        {
            return;
        }

        available = used >= most ? 0 : Math.Min(available, most - used);
        total = Math.Min(Math.Min(total, most), used + available);
    }

    /// <summary>The quotas of a directory and of all above it, with what is used of them; those of other shards as far as is known here.</summary>
    internal IEnumerable<(uint Number, QuotaRecord Quota, SubtreeTotals Usage)> QuotasAbove(uint directory)
    {
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (IsElsewhere(directory))
            {
                foreach (var outer in OuterQuotas(directory))
                {
                    yield return outer;
                }

                yield break;
            }

            if (Quotas.Get(directory) is { } quota)
            {
                yield return (directory, quota, Totals.Require(directory));
            }

            // A directory that a transaction holds counts where it is until it is moved.
            if (directory is 0 or RootInode || Inodes.GetUnlocked(directory) is not { } inode)
            {
                yield break;
            }

            directory = inode.Parent;
        }

        throw new InvariantException($"directory {directory} is its own ancestor");
    }
}

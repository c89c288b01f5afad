using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Quotas;

/// <summary>All quotas, in pages (client-protocol 3.9: QUOTA_INFO; mfsmaster/filesystem.c: fs_getquotainfo).</summary>
/// <param name="AfterInode">Last inode of the page before, 0 to begin.</param>
/// <param name="Limit">Most quotas of the page, 1..<see cref="MaxPage"/>.</param>
[MemoryPackable]
public sealed partial record ListQuotas(uint AfterInode, int Limit) : Query
{
    /// <summary>Most quotas of a page.</summary>
    public const int MaxPage = 1000;

    private const uint NotExceeded = 0xFFFF_FFFF;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var limit = Math.Clamp(Limit, 1, MaxPage);
        var page = new List<ListedQuota>();
        foreach (var (number, quota) in state.Quotas.Range(AfterInode + 1, 0, toEnd: true))
        {
            if (page.Count == limit)
            {
                return new QuotasReply([.. page], page[^1].Inode);
            }

            var grace = quota.GraceSeconds == 0 ? state.Settings.QuotaGraceSeconds : quota.GraceSeconds;
            var usage = QuotaAmounts.Of(state.Totals.Require(number));
            page.Add(new ListedQuota(number, state.PathOfDirectory(number), quota, grace, SecondsToBlock(quota, grace, context.Now), usage));
        }

        return new QuotasReply([.. page], 0);
    }

    private static uint SecondsToBlock(QuotaRecord quota, uint grace, uint now)
    {
        if (quota.SoftSince == 0)
        {
            return NotExceeded;
        }

        var end = quota.SoftSince + (ulong)grace;
        return end < now ? 0 : (uint)Math.Min(end - now, uint.MaxValue - 1);
    }
}

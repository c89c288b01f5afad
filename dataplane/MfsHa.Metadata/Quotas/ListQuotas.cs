using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
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
        var elsewhere = new List<RecordNeed>();
        foreach (var (number, quota) in state.Quotas.Range(AfterInode + 1, 0, toEnd: true))
        {
            if (page.Count + elsewhere.Count >= limit)
            {
                return Page(page, elsewhere, page.Count == limit ? page[^1].Inode : 0);
            }

            var grace = quota.GraceSeconds == 0 ? state.Settings.QuotaGraceSeconds : quota.GraceSeconds;
            var usage = QuotaAmounts.Of(state.Totals.Require(number));
            try
            {
                page.Add(new ListedQuota(number, state.PathOfDirectory(number), quota, grace, SecondsToBlock(quota, grace, context.Now), usage));
            }
            catch (RecordsElsewhereException e)
            {
                elsewhere.AddRange(e.Needs);
            }
        }

        return Page(page, elsewhere, 0);
    }

    // Everything that other shards have to be asked is asked at once.
    private static QuotasReply Page(List<ListedQuota> page, List<RecordNeed> elsewhere, uint last) =>
        elsewhere.Count == 0 ? new QuotasReply([.. page], last) : throw new RecordsElsewhereException([.. elsewhere.DistinctBy(static n => (n.Kind, n.Unit, Convert.ToHexString(n.Key ?? [])))]);

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

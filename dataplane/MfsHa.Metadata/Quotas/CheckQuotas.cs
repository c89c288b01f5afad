using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Quotas;

/// <summary>
/// Notes which soft limits have begun or ceased to be exceeded and which have been so for longer than their grace period
/// (mfsmaster/filesystem.c: fsnodes_check_all_quotas). The leader proposes it every second unless nothing would change.
/// </summary>
[MemoryPackable]
public sealed partial record CheckQuotas : Command
{
    /// <summary>Most quotas that one command changes; the rest follows a second later.</summary>
    public const int MaxChanges = 1000;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override bool MayChangeNothing => true;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context) =>
        Changed(state, context.Now).Any() ? null : new CountReply(0);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var changed = Changed(state, context.Now).Take(MaxChanges).ToList();
        foreach (var (number, quota) in changed)
        {
            state.SetQuota(number, quota);
        }

        return new CountReply(changed.Count);
    }

    private static IEnumerable<(uint Number, QuotaRecord Quota)> Changed(NamespaceState state, uint now)
    {
        if (!state.HasQuotas)
        {
            return [];
        }

        var grace = state.Settings.QuotaGraceSeconds;
        return state.Quotas.All()
            .Select(q => (q.Key, Before: q.Value, After: q.Value.At(state.Totals.Require(q.Key), grace, now)))
            .Where(static q => !ReferenceEquals(q.Before, q.After))
            .Select(static q => (q.Key, q.After));
    }
}

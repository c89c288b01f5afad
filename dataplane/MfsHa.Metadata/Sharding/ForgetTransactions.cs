using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Sharding;

/// <summary>Forgets decisions that all participants have carried out, transactions carried out here that their coordinators have forgotten, and abortions that nobody can overrule any more.</summary>
/// <param name="Decided">Decided here, finished everywhere.</param>
/// <param name="Finished">Finished here, forgotten by their coordinators.</param>
[MemoryPackable]
public sealed partial record ForgetTransactions(TransactionId[] Decided, TransactionId[] Finished) : Command
{
    private const uint AbortedForSeconds = 6 * DecideTransaction.MaxAgeSeconds;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        foreach (var id in Decided)
        {
            if (state.Decisions.Contains(id.Key))
            {
                state.Decisions.Remove(id.Key);
            }
        }

        foreach (var id in Finished)
        {
            if (state.Finished.Contains(id.Key))
            {
                state.Finished.Remove(id.Key);
            }
        }

        var now = context.Now;
        foreach (var (key, _) in state.Aborted.All().Where(a => a.Value.UnixSeconds + AbortedForSeconds < now).ToList())
        {
            state.Aborted.Remove(key);
        }

        return StatusReply.Ok;
    }
}

/// <summary>Which of these transactions the coordinator still has a decision of.</summary>
[MemoryPackable]
public sealed partial record FindDecisions(TransactionId[] Ids) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) =>
        new TransactionIdsReply(Array.FindAll(Ids, id => state.Decisions.Contains(id.Key)));
}

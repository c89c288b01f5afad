using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Sharding;

/// <summary>A participant asks the coordinator what became of a transaction. What is not decided by now never will be.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Asker">The participant's shard.</param>
[MemoryPackable]
public sealed partial record ResolveTransaction(TransactionId Id, ushort Asker) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Decisions.Get(Id.Key) is { } decision)
        {
            return new OutcomeReply(Array.Find(decision.Effects, e => e.Shard == Asker));
        }

        state.Aborted.Set(Id.Key, new TransactionMark(context.Now));
        return new OutcomeReply(null);
    }
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Sharding;

/// <summary>A participant carries out, or gives up, what it has promised. Repetitions do nothing.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Effects">What to do; null when the transaction is aborted.</param>
[MemoryPackable]
public sealed partial record FinishTransaction(TransactionId Id, ShardEffects? Effects) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Reach is not { } reach || state.Prepared.Get(Id.Key) is not { } prepared)
        {
            return StatusReply.Ok;
        }

        if (Effects is not null && Effects.Token != prepared.Token)
        {
            // A late copy, and what it was meant for is over; a late copy of the preparation has come before it.
            return StatusReply.Ok;
        }

        state.Prepared.Remove(Id.Key);
        if (Effects is not null)
        {
            // A late copy of the preparation must not bring the transaction back as long as its coordinator would still say that it is decided.
            state.Finished.Set(Id.Key, new TransactionMark(context.Now));
            reach.IgnoresLocks = true;
            try
            {
                // What entries have counted for is taken out of the totals above them while everything is still in its place.
                foreach (var action in Effects.Actions.OfType<UncountEntry>())
                {
                    action.Execute(state, context.Now);
                }

                foreach (var write in Effects.Writes)
                {
                    state.TableOf(write.Kind).Write(write);
                }

                foreach (var action in Effects.Actions.Where(static a => a is not UncountEntry))
                {
                    action.Execute(state, context.Now);
                }
            }
            finally
            {
                reach.IgnoresLocks = false;
            }
        }

        reach.Locks.Remove(Id, prepared.Locks);
        foreach (var fresh in prepared.MoreFresh.Prepend(prepared.Fresh).Where(n => n != 0 && !state.Inodes.Contains(n)))
        {
            state.Freed.Set((context.Now, fresh), Present.Value);
        }

        return StatusReply.Ok;
    }
}

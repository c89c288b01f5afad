using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// Makes whole what a consistent cut through all shards has caught half done: a transaction is in the cut if its coordinator's part of the cut has the decision, and is not otherwise.
/// What a participant has promised is carried out or given up accordingly, as recovery would do it. (A promise whose decision was forgotten already cannot be in a consistent cut.)
/// </summary>
public static class CutSettlement
{
    /// <summary>Settles all shards of a cluster, by number; returns how many promises there were. The states' records change in memory only, until somebody writes them.</summary>
    public static int Settle(IReadOnlyList<NamespaceState> shards)
    {
        var settled = 0;
        foreach (var state in shards)
        {
            if (state.Layout is not { } layout)
            {
                continue;
            }

            if (layout.Count != shards.Count)
            {
                throw new InvariantException($"a cut has {shards.Count} shards, and one of {layout.Count} is among them");
            }

            var processor = new CommandProcessor(state);
            var now = new OperationContext((uint)(state.Position.UnixMilliseconds / 1000));
            foreach (var ((coordinator, number), promise) in state.Prepared.All().ToList())
            {
                var id = new TransactionId(coordinator, number);
                var effects = shards[(int)coordinator].Decisions.Get(id.Key)?.Effects;
                processor.Execute(new FinishTransaction(id, Array.Find(effects ?? [], e => e.Shard == layout.Shard && e.Token == promise.Token)), now);
                settled++;
            }
        }

        return settled;
    }
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// A command that does the same in every shard, or in none (docs/transactions.md). With several shards it is a transaction of the first one: every other shard says
/// what it would answer before it promises, and carries the command out when it is decided.
/// </summary>
public abstract record EverywhereCommand : Command
{
    /// <inheritdoc/>
    [MemoryPackIgnore]
    public sealed override uint RoutingInode => 0;

    /// <summary>True when no object may appear in any shard while the command is under way.</summary>
    [MemoryPackIgnore]
    public virtual bool ExcludesNewObjects => false;

    /// <inheritdoc/>
    public sealed override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var reply = ExecuteHere(state, context);
        if (reply.Status == StatusCode.Ok)
        {
            state.DoEverywhere(this with { Stamp = null });
        }

        return reply;
    }

    /// <summary>Checks and applies the change in one shard.</summary>
    public abstract Reply ExecuteHere(NamespaceState state, in OperationContext context);
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// The commit point: the coordinator executes the command on its own state and on the records that the participants hold for it. Executed by
/// <see cref="CommandProcessor"/>, which knows the remembered replies.
/// </summary>
/// <param name="Id">The transaction.</param>
/// <param name="Begun">When it was begun, Unix seconds of the coordinator shard's clock.</param>
/// <param name="Inner">The command.</param>
/// <param name="Participants">What the participants have promised and said.</param>
[MemoryPackable]
public sealed partial record DecideTransaction(TransactionId Id, uint Begun, Operation Inner, ShardRecords[] Participants) : Command
{
    /// <summary>How long after its beginning a transaction may be decided, seconds. A multiple of it later the memory of its abortion may go.</summary>
    public const uint MaxAgeSeconds = 10;

    /// <summary>The refusal of a participant that had to say whether it can carry the command out (<see cref="PrepareTransaction.Trial"/>): the command's answer, if it has none yet.</summary>
    public Reply? Refusal { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Inner.RoutingInode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) =>
        throw new InvalidOperationException("a decision is executed by the command processor");
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Sharding;

/// <summary>What another shard wants to know of this one's records. Waits, as every read, while a transaction holds one of them exclusively. ERANGE when a tree is too large.</summary>
/// <param name="Needs">At most <see cref="MaxNeeds"/>.</param>
[MemoryPackable]
public sealed partial record FetchRecords(RecordNeed[] Needs) : Query
{
    /// <summary>Most needs of one request.</summary>
    public const int MaxNeeds = 8192;

    /// <inheritdoc/>
    public override uint RoutingInode => Needs[0].Unit;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => 
        state.AnswerNeeds(Needs, generous: true) is { } answers ? new RecordsReply(answers) : StatusReply.Of(StatusCode.ERange);
}

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>Removes unlinked files that nobody has open any more (client-protocol 7.7). Repeat at once while the count in the answer equals the limit.</summary>
/// <param name="Limit">Most files to look at, at least 1.</param>
/// <param name="Grace">How long nobody must have had them open, seconds.</param>
[MemoryPackable]
public sealed partial record RemoveSustained(int Limit, uint Grace) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override bool MayChangeNothing => true;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context) =>
        state.HasSustainedDue(Grace, context.Now) ? null : new CountReply(0);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => new CountReply(state.RemoveSustained(Limit, Grace, context.Now));
}

using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Operations;

public sealed partial record MarkConsistencyPoint
{
    // The same bytes do more since level 2. A replica that decided by its own release, or by what it has heard of the cluster's level, would differ from the others afterwards.
    partial void Marked(NamespaceState state, in OperationContext context)
    {
        if (context.Level >= 2)
        {
            state.NoteDelivery(uint.MaxValue, 1, context.Now);
        }
    }
}

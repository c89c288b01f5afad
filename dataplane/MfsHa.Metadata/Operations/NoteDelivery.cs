using MemoryPack;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Operations;

/// <summary>
/// Notes which answers have reached a client that sends no further commands: should its node die now, an equal request is a new one
/// (see <see cref="RequestStamp.AnsweredBelow"/>).
/// </summary>
/// <param name="Session">Session id.</param>
/// <param name="Epoch">Connection epoch of the session.</param>
/// <param name="Below">The answers to all requests of that connection with numbers below this have reached the client.</param>
[MemoryPackable]
public sealed partial record NoteDelivery(uint Session, uint Epoch, uint Below) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        // A session without remembered answers needs none, and one that was released stays released.
        if (state.Deliveries.Contains(Session))
        {
            state.NoteDelivery(Session, Epoch, Below);
        }

        return StatusReply.Ok;
    }
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Sharding;

/// <summary>Which request of this shard's the stamped one may be a repetition of; 0: of none.</summary>
[MemoryPackable]
public sealed partial record FindFirstCopy(RequestStamp Stamp) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => new RequestReply(
        state.Replies.Get((Stamp.Session, Stamp.Message)) is { } last && CommandProcessor.MayRepeat(state, Stamp, last) ? last.Request : 0);
}

/// <summary>
/// How far this shard has seen a client thread come, which asks one thing after the other: its last request here, or <paramref name="First"/> at least when the
/// answer to that is known to have reached the client.
/// </summary>
/// <param name="Session">Session id.</param>
/// <param name="Message">The client's message id: one per thread.</param>
/// <param name="First">A request that another shard has executed.</param>
[MemoryPackable]
public sealed partial record FindThreadProgress(uint Session, uint Message, ulong First) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        // A request that was handed over is remembered by both shards.
        var last = state.Replies.Get((Session, Message))?.Request ?? 0;
        return new RequestReply(Math.Max(last == First ? 0 : last, state.Deliveries.Get(Session)?.HasArrived(First) == true ? First : 0));
    }
}

/// <summary>A request of a session (<see cref="RequestStamp.Request"/>).</summary>
[MemoryPackable]
public sealed partial record RequestReply(ulong Request) : Reply;

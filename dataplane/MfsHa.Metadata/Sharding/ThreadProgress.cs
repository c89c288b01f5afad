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
/// How far this shard has seen a client thread come, which asks one thing after the other: its last request here, or beyond <paramref name="First"/> when the
/// answer to that is known to have reached the client. If the request itself was answered here (a copy of it was handed over), its answer.
/// </summary>
/// <param name="Stamp">The request that may be a repetition.</param>
/// <param name="First">The request that it may repeat, as another shard remembers it.</param>
[MemoryPackable]
public sealed partial record FindThreadProgress(RequestStamp Stamp, ulong First) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var last = state.Replies.Get((Stamp.Session, Stamp.Message));
        if (last?.Request == Stamp.Request)
        {
            return new RequestReply(Stamp.Request) { Answer = last.Reply };
        }

        return new RequestReply(Math.Max(last?.Request ?? 0, state.Deliveries.Get(Stamp.Session)?.HasArrived(First) == true ? First + 1 : 0));
    }
}

/// <summary>A request of a session (<see cref="RequestStamp.Request"/>).</summary>
[MemoryPackable]
public sealed partial record RequestReply(ulong Request) : Reply
{
    /// <summary>Its answer, serialised, if that was asked for and is remembered.</summary>
    public byte[]? Answer { get; init; }
}

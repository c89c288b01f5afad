using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Makes an operation of a request.</summary>
internal delegate Operation MakeOperation<in TRequest>(TRequest request, in RequestContext context);

/// <summary>A request whose success has data: one operation, one kind of reply, one answer.</summary>
/// <param name="make">The operation.</param>
/// <param name="answer">The answer to its success.</param>
/// <param name="after">Packets without an answer that the request must not overtake; none by default.</param>
internal sealed class DataHandler<TRequest, TReply, TAnswer>(
    MakeOperation<TRequest> make, Func<TReply, TAnswer> answer, Func<OneWayPackets, Task>? after = null)
    : OperationHandler<TRequest>
    where TRequest : IClientRequest<TRequest>
    where TReply : Reply
    where TAnswer : IClientReply<TAnswer>
{
    /// <inheritdoc/>
    protected override Task Prerequisite(in RequestContext context) => after?.Invoke(context.Connection.OneWay) ?? Task.CompletedTask;

    /// <inheritdoc/>
    protected override Operation ToOperation(TRequest request, in RequestContext context) => make(request, context);

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, Reply reply) => request.Answer(answer(Expect.Reply<TReply>(reply)));
}

/// <summary>A request that is answered by a status only.</summary>
internal sealed class StatusHandler<TRequest>(MakeOperation<TRequest> make) : OperationHandler<TRequest>
    where TRequest : IClientRequest<TRequest>
{
    /// <inheritdoc/>
    protected override Operation ToOperation(TRequest request, in RequestContext context) => make(request, context);

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, Reply reply) => request.Answer(StatusCode.Ok);
}

/// <summary>Replies have the type that their operation promises.</summary>
internal static class Expect
{
    /// <summary>The reply as its type.</summary>
    public static TReply Reply<TReply>(Reply reply)
        where TReply : Reply =>
        reply as TReply ?? throw new InvalidOperationException($"a {reply.GetType().Name} came where a {typeof(TReply).Name} was expected");

    /// <summary>The reply as its type.</summary>
    public static TReply Reply<TReply>(Cluster.Routing.SupervisedReply reply)
        where TReply : Cluster.Routing.SupervisedReply =>
        reply as TReply ?? throw new InvalidOperationException($"a {reply.GetType().Name} came where a {typeof(TReply).Name} was expected");
}

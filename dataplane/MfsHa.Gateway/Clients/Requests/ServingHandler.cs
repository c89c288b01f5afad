using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Serves a request that takes more than one operation, or whose answer is more than one record.</summary>
/// <typeparam name="TRequest">The request on the wire.</typeparam>
/// <typeparam name="TOrder">What is kept of it.</typeparam>
internal abstract class ServingHandler<TRequest, TOrder> : RequestHandler
    where TRequest : IClientRequest<TRequest>
{
    /// <inheritdoc/>
    public override PacketType Type => TRequest.Type;

    /// <inheritdoc/>
    public sealed override void Begin(in RequestContext context, ref PacketReader reader) =>
        _ = RunAsync(context.Pending, Prepare(TRequest.Parse(ref reader, context.Session.Version), context));

    /// <summary>What is kept of a request; it must not refer to the request's memory.</summary>
    protected abstract TOrder Prepare(TRequest request, in RequestContext context);

    /// <summary>Serves the request and answers it.</summary>
    protected abstract Task ServeAsync(PendingRequest request, TOrder order);

    private async Task RunAsync(PendingRequest request, TOrder order)
    {
        var connection = request.Connection;
        using var activity = request.Trace();
        var place = connection.BeginRequest();
        try
        {
            await ServeAsync(request, order).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            connection.EndBy(e);
        }
        finally
        {
            connection.EndRequest(place);
        }
    }
}

using MfsHa.Cluster.Routing;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Serves a request that the leader's chunk supervisor carries out in several steps.</summary>
/// <typeparam name="TRequest">The request on the wire.</typeparam>
internal abstract class SupervisedHandler<TRequest> : RequestHandler
    where TRequest : IClientRequest<TRequest>
{
    /// <inheritdoc/>
    public override PacketType Type => TRequest.Type;

    /// <inheritdoc/>
    public sealed override void Begin(in RequestContext context, ref PacketReader reader) =>
        _ = RunAsync(context.Pending, ToRequest(TRequest.Parse(ref reader, context.Session.Version), context));

    /// <summary>What the supervisor is asked; it must not refer to the request's memory.</summary>
    protected abstract SupervisedRequest ToRequest(TRequest request, in RequestContext context);

    /// <summary>Answers a success.</summary>
    protected abstract void Answer(PendingRequest request, SupervisedReply reply);

    private async Task RunAsync(PendingRequest request, SupervisedRequest supervised)
    {
        var connection = request.Connection;
        using var activity = request.Trace();
        var place = connection.BeginRequest();
        try
        {
            var reply = await connection.Services.Cluster.ExecuteAsync(supervised, connection.Closing).ConfigureAwait(false);
            if (reply.Status == StatusCode.Ok)
            {
                Answer(request, reply);
            }
            else
            {
                request.Answer(reply.Status);
            }
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

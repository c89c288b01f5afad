using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Serves a request that is one operation of the namespace.</summary>
/// <typeparam name="TRequest">The request on the wire.</typeparam>
internal abstract class OperationHandler<TRequest> : RequestHandler
    where TRequest : IClientRequest<TRequest>
{
    /// <inheritdoc/>
    public override PacketType Type => TRequest.Type;

    /// <inheritdoc/>
    public sealed override void Begin(in RequestContext context, ref PacketReader reader)
    {
        var request = TRequest.Parse(ref reader, context.Session.Version);
        var refusal = Refuse(request, context);
        if (refusal != StatusCode.Ok)
        {
            context.Pending.Answer(refusal);
            return;
        }

        _ = RunAsync(context.Pending, ToOperation(request, context), Prerequisite(context));
    }

    /// <summary>A status that answers the request without asking the cluster; <see cref="StatusCode.Ok"/> goes on.</summary>
    protected virtual StatusCode Refuse(TRequest request, in RequestContext context) => StatusCode.Ok;

    /// <summary>What must be over before the operation is executed.</summary>
    protected virtual Task Prerequisite(in RequestContext context) => Task.CompletedTask;

    /// <summary>The operation; it must not refer to the request's memory.</summary>
    protected abstract Operation ToOperation(TRequest request, in RequestContext context);

    /// <summary>Answers a success.</summary>
    protected abstract void Answer(PendingRequest request, Reply reply);

    private async Task RunAsync(PendingRequest request, Operation operation, Task prerequisite)
    {
        var connection = request.Connection;
        using var activity = request.Trace();
        var place = connection.BeginRequest();
        try
        {
            if (!prerequisite.IsCompleted)
            {
                await prerequisite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            var reply = await connection.Services.Cluster.ExecuteAsync(operation, connection.Closing).ConfigureAwait(false);
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

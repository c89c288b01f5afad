using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Admin;

/// <summary>Stands before every call of the admin service: UNAUTHENTICATED, with the reason, for those that the gate does not let in.</summary>
internal sealed partial class AdminGuard(AdminGate gate, ILogger<AdminGuard> logger) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, context);
    }

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(requestStream, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, responseStream, context);
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(requestStream, responseStream, context);
    }

    private void Check(ServerCallContext context)
    {
        bool hasCertificate = context.GetHttpContext().Connection.ClientCertificate is not null;
        if (gate.Refusal(context.RequestHeaders, hasCertificate) is { } reason)
        {
            Log.Refused(logger, context.Method, context.Peer, reason);
            throw new RpcException(new Status(StatusCode.Unauthenticated, reason));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(51, LogLevel.Warning, "admin call {Method} from {Remote} refused: {Reason}")]
        public static partial void Refused(ILogger logger, string method, string remote, string reason);
    }
}

using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Admin;

/// <summary>How failures of the node become statuses of gRPC.</summary>
internal static partial class AdminCalls
{
    /// <summary>Makes a call of the node.</summary>
    public static async Task<T> RunAsync<T>(Func<Task<T>> call, ILogger logger)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (AdminException e)
        {
            StatusCode code = e.Failure switch
            {
                AdminFailure.NotFound => StatusCode.NotFound,
                AdminFailure.Refused => StatusCode.FailedPrecondition,
                AdminFailure.Unavailable => StatusCode.Unavailable,
                _ => StatusCode.Internal,
            };
            throw new RpcException(new Status(code, e.Message));
        }
        catch (Exception e) when (e is not (OperationCanceledException or RpcException))
        {
            // The edge of the service: gRPC would say only that something was thrown.
            Log.Failed(logger, e);
            throw new RpcException(new Status(StatusCode.Internal, $"{e.GetType().Name}: {e.Message}"));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "an administrative request failed")]
        public static partial void Failed(ILogger logger, Exception reason);
    }
}

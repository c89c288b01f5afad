using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using Microsoft.Extensions.Logging;

namespace MfsHa.Operator.Sdk.Queueing;

/// <summary>A fixed number of workers that take entities from a queue.</summary>
/// <param name="queue">The queue.</param>
/// <param name="work">One pass: whether it succeeded, and when to come again.</param>
/// <param name="limit">Longest time of one pass.</param>
/// <param name="logger">Says what failed.</param>
public sealed partial class ReconcileLoop(ReconcileQueue queue, Func<ObjectKey, CancellationToken, Task<(bool IsSuccess, TimeSpan? Again)>> work, TimeSpan limit, ILogger logger)
{
    /// <summary>Works until it is cancelled; passes that are under way are cancelled, too.</summary>
    public Task RunAsync(int workers, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(cancellation)));

    private async Task WorkAsync(CancellationToken cancellation)
    {
        while (true)
        {
            ObjectKey key = await queue.TakeAsync(cancellation).ConfigureAwait(false);
            (bool isSuccess, TimeSpan? again) = (false, null);
            try
            {
                using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limited.CancelAfter(limit);
                (isSuccess, again) = await work(key, limited.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                throw;
            }
            catch (OperationCanceledException)
            {
                Log.TooLong(logger, key.ToString(), limit.TotalSeconds);
            }
            catch (Exception e)
            {
                Log.Failed(logger, key.ToString(), ApiErrors.Explain(e), e is k8s.Autorest.HttpOperationException ? null : e);
            }
            finally
            {
                queue.Done(key, isSuccess, again);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Key}: a pass took longer than {Seconds} s and was given up")]
        public static partial void TooLong(ILogger logger, string key, double seconds);

        [LoggerMessage(2, LogLevel.Error, "{Key}: a pass failed: {Reason}")]
        public static partial void Failed(ILogger logger, string key, string reason, Exception? error);
    }
}

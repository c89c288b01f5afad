using System.Diagnostics;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Failover;

/// <summary>One client that does one operation after the other and remembers how long the longest took, and what failed.</summary>
internal sealed class StallMeter : IAsyncDisposable
{
    private readonly CancellationTokenSource enough = new();
    private readonly Lock gate = new();
    private readonly Task running;
    private TimeSpan longest;
    private long begun;
    private int done;
    private PosixException? failure;

    /// <summary>Begins to call <paramref name="operation"/> with a number that grows.</summary>
    public StallMeter(Action<int> operation)
        => running = Task.Factory.StartNew(() => Run(operation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Operations that succeeded.</summary>
    public int Done => Volatile.Read(ref done);

    /// <summary>The first failure, if there was one.</summary>
    public PosixException? Failure => Volatile.Read(ref failure);

    /// <summary>The longest operation since the last call, the one that is under way included.</summary>
    public TimeSpan TakeLongest()
    {
        lock (gate)
        {
            var current = Stopwatch.GetElapsedTime(begun);
            var result = current > longest ? current : longest;
            longest = TimeSpan.Zero;
            return result;
        }
    }

    /// <summary>Returns when the operation that is under way has ended, the last one.</summary>
    public async Task StopAsync()
    {
        await enough.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        enough.Dispose();
    }

    private void Run(Action<int> operation)
    {
        for (var number = 0; !enough.IsCancellationRequested; number++)
        {
            lock (gate)
            {
                begun = Stopwatch.GetTimestamp();
            }
            try
            {
                operation(number);
                Interlocked.Increment(ref done);
            }
            catch (PosixException e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
            lock (gate)
            {
                var took = Stopwatch.GetElapsedTime(begun);
                longest = took > longest ? took : longest;
            }
        }
    }
}

using System.Diagnostics;
using MfsHa.Storage.Rocks;

namespace MfsHa.Storage.RaftLog;

/// <summary>Records that go to disk with one sync, and the task that all their writers wait for.</summary>
internal sealed class PendingWrites : IDisposable
{
    private TaskCompletionSource _done = NewSource();

    public RocksBatchBuffer Buffer { get; } = new();

    public int Records { get; private set; }

    /// <summary>Monotonic time of the first record.</summary>
    public long Since { get; private set; }

    public Task Done => _done.Task;

    public void Added()
    {
        if (Records++ == 0)
        {
            Since = Stopwatch.GetTimestamp();
        }
    }

    public void Complete()
    {
        var done = _done;
        Buffer.Clear();
        Records = 0;
        _done = NewSource();
        done.SetResult();
    }

    public void Fail(Exception cause)
    {
        _done.TrySetException(cause);
        _ = _done.Task.Exception; // observed: writers that left do not make it an unobserved one
    }

    public void Dispose() => Buffer.Dispose();

    // Continuations must not run on the writer thread: the next sync would wait for them.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

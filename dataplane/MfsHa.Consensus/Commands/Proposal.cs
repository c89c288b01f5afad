using System.Threading.Tasks.Sources;

namespace MfsHa.Consensus.Commands;

/// <summary>One caller that waits for the result of its command. The first outcome counts: result, failure or the caller's cancellation.</summary>
internal sealed class Proposal : IValueTaskSource<object>
{
    private readonly CancellationToken _cancellation;
    private ManualResetValueTaskSourceCore<object> _core;
    private CancellationTokenRegistration _registration;
    private int _ended;

    public Proposal(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(static state => ((Proposal)state!).Cancel(), this);
        }
    }

    public ValueTask<object> Task => new(this, _core.Version);

    public void SetResult(object? result)
    {
        if (!End())
        {
            return;
        }

        if (result is null)
        {
            Fail(new InvalidOperationException("the state machine gave no result for the command"));
        }
        else
        {
            _core.SetResult(result);
        }
    }

    public void SetException(Exception exception)
    {
        if (End())
        {
            Fail(exception);
        }
    }

    object IValueTaskSource<object>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<object>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<object>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Fail(new OperationCanceledException(_cancellation));
        }
    }

    // Failures come from anywhere, also from within locks.
    private void Fail(Exception exception)
    {
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(exception);
    }

    private bool End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return false;
        }

        _registration.Unregister();
        return true;
    }
}

using System.Threading.Tasks.Sources;

namespace MfsHa.NodeLink.Rpc;

/// <summary>A call that waits for its reply. Completed once, by whoever takes it out of the <see cref="CallTable"/>.</summary>
/// <param name="isShort">What goes on with the reply takes little time: it may run on the reading thread, in its burst (<see cref="SendBurst"/>).</param>
internal sealed class PendingCall(bool isShort) : IValueTaskSource<ReadOnlyMemory<byte>>
{
    private ManualResetValueTaskSourceCore<ReadOnlyMemory<byte>> _core = new() { RunContinuationsAsynchronously = !isShort };
    private CancellationTokenRegistration _cancellation;

    public uint Id { get; set; }

    public ValueTask<ReadOnlyMemory<byte>> Task => new(this, _core.Version);

    /// <summary>Set before <see cref="Task"/> is given out, because the result is what ends the registration.</summary>
    public void CancelWith(CancellationTokenRegistration registration) => _cancellation = registration;

    public void Complete(ReadOnlyMemory<byte> reply) => _core.SetResult(reply);

    public void Fail(Exception exception)
    {
        // Failures and cancellations come from anywhere.
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(exception);
    }

    ReadOnlyMemory<byte> IValueTaskSource<ReadOnlyMemory<byte>>.GetResult(short token)
    {
        _cancellation.Unregister();
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadOnlyMemory<byte>>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ReadOnlyMemory<byte>>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}

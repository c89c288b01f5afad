using System.Threading.Tasks.Sources;

namespace MfsHa.NodeLink.Rpc;

/// <summary>A call that waits for its reply. Completed once, by whoever takes it out of the <see cref="CallTable"/>.</summary>
/// <param name="continuesOnReader">
/// True for methods whose callers do little with a reply: they go on on the reading task. Otherwise they go on on the pool, and the reading task with the
/// next reply.
/// </param>
internal sealed class PendingCall(bool continuesOnReader = false) : IValueTaskSource<ReadOnlyMemory<byte>>
{
    private ManualResetValueTaskSourceCore<ReadOnlyMemory<byte>> _core = new() { RunContinuationsAsynchronously = !continuesOnReader };
    private CancellationTokenRegistration _cancellation;

    public uint Id { get; set; }

    public ValueTask<ReadOnlyMemory<byte>> Task => new(this, _core.Version);

    /// <summary>Set before <see cref="Task"/> is given out, because the result is what ends the registration.</summary>
    public void CancelWith(CancellationTokenRegistration registration) => _cancellation = registration;

    public void Complete(ReadOnlyMemory<byte> reply) => _core.SetResult(reply);

    /// <summary>Whoever fails calls does so for many of them, or inside a cancellation: the callers go on elsewhere.</summary>
    public void Fail(Exception exception)
    {
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

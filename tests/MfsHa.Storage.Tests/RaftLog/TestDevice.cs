using MfsHa.Storage.RaftLog;

namespace MfsHa.Storage.Tests.RaftLog;

/// <summary>A device that a test can hold, break and let damage what passes through.</summary>
internal sealed class TestDevice(IRaftLogDevice inner) : IRaftLogDevice
{
    private readonly object _gate = new();
    private bool _held;

    public int Writes { get; private set; }

    public Exception? Failure { get; set; }

    public Action<byte[]>? Damage { get; set; }

    public void Hold()
    {
        lock (_gate)
        {
            _held = true;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _held = false;
            Monitor.PulseAll(_gate);
        }
    }

    public void Write(ReadOnlySpan<byte> batch)
    {
        lock (_gate)
        {
            while (_held)
            {
                Monitor.Wait(_gate);
            }
        }

        if (Failure is { } failure)
        {
            throw failure;
        }

        var bytes = batch.ToArray();
        Damage?.Invoke(bytes);
        inner.Write(bytes);
        Writes++;
    }
}

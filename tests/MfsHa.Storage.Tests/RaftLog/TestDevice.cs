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

    /// <summary>True while a write is under way or held.</summary>
    public bool IsWriting { get; private set; }

    /// <summary>Holds all writes until <see cref="Release"/>, or until what it returns is disposed: a store whose write is held for ever could not be closed.</summary>
    public IDisposable Hold()
    {
        lock (_gate)
        {
            _held = true;
        }

        return new Releaser(this);
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
            IsWriting = true;
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
        IsWriting = false;
    }

    private sealed class Releaser(TestDevice device) : IDisposable
    {
        public void Dispose() => device.Release();
    }
}

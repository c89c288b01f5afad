namespace MfsHa.NodeLink.Liveness;

/// <summary>A thread that does one piece of work each time it is signalled; signals during the work are merged into one more turn.</summary>
internal sealed class SignalThread : IDisposable
{
    private readonly AutoResetEvent _signal = new(false);
    private readonly Lock _lock = new();
    private readonly Action _work;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public SignalThread(string name, Action work)
    {
        _work = work;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    public void Start() => _thread.Start();

    /// <summary>Nothing happens after <see cref="Dispose"/>: threads that nobody waits for may still signal then.</summary>
    public void Signal()
    {
        lock (_lock)
        {
            if (!_stopping)
                _signal.Set();
        }
    }

    /// <summary>Ends after the running turn. Never called from the thread itself.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            _signal.Set();
        }

        if (_thread.IsAlive)
            _thread.Join();
        _signal.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _signal.WaitOne();
            if (_stopping)
                return;
            _work();
        }
    }
}

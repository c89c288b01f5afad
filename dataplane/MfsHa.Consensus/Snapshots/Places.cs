namespace MfsHa.Consensus.Snapshots;

/// <summary>So many may be inside at once; others wait in order. The limit may be changed at any time: a greater one lets waiting ones in at once, a smaller one throws nobody out.</summary>
internal sealed class Places(int limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private int _limit = limit;
    private int _used;

    /// <summary>How many may be inside, at least 1.</summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            lock (_gate)
            {
                _limit = value;
                Admit();
            }
        }
    }

    /// <summary>Returns when there is a place; it is left by disposing of what is returned.</summary>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        var admitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.AddLast(admitted);
            Admit();
        }

        try
        {
            await admitted.Task.WaitAsync(cancellation).ConfigureAwait(false);
            return new Place(this);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (!_waiting.Remove(admitted))
                {
                    Free(); // it was let in at the same moment
                }
            }

            throw;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            Free();
        }
    }

    private void Free()
    {
        _used--;
        Admit();
    }

    private void Admit()
    {
        while (_used < _limit && _waiting.First is { } first)
        {
            _waiting.RemoveFirst();
            _used++;
            first.Value.SetResult();
        }
    }

    private sealed class Place(Places places) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                places.Leave();
            }
        }
    }
}

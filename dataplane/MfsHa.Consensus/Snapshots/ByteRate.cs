namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// So many bytes per second on average, and never more at once than one taker takes. Takers have their turns in order. The limit may be changed at any time, and counts at once, also for who is waiting.
/// </summary>
internal sealed class ByteRate(TimeProvider time)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private readonly Lock _gate = new();
    private readonly Places _turn = new(1);
    private TaskCompletionSource _changed = NewSignal();
    private long _limit;
    private double _debt; // bytes that were taken and are not paid for by time
    private long _settled = time.GetTimestamp();

    /// <summary>Bytes per second; 0: as many as there are.</summary>
    public long Limit
    {
        get => Interlocked.Read(ref _limit);
        set
        {
            TaskCompletionSource former;
            lock (_gate)
            {
                Settle();
                Interlocked.Exchange(ref _limit, value);
                (former, _changed) = (_changed, NewSignal());
            }

            former.SetResult();
        }
    }

    /// <summary>Returns when the bytes may be sent: when those before them are paid for.</summary>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellation)
    {
        if (Limit == 0)
        {
            return;
        }

        using var turn = await _turn.EnterAsync(cancellation).ConfigureAwait(false);
        while (!TryTake(bytes, out var wait, out var change))
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(change, Task.Delay(wait, time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>So many of the bytes that were taken were not sent; less than 0 when more were.</summary>
    public void Return(int bytes)
    {
        lock (_gate)
        {
            _debt = Math.Max(0, _debt - bytes);
        }
    }

    private bool TryTake(int bytes, out TimeSpan wait, out Task change)
    {
        lock (_gate)
        {
            Settle();
            change = _changed.Task;
            wait = _limit == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(_debt / _limit);
            if (wait > TimeSpan.Zero)
            {
                wait = wait > ShortestWait ? wait : ShortestWait;
                return false;
            }

            _debt = bytes;
            return true;
        }
    }

    private void Settle()
    {
        var now = time.GetTimestamp();
        _debt = _limit == 0 ? 0 : Math.Max(0, _debt - (time.GetElapsedTime(_settled, now).TotalSeconds * _limit));
        _settled = now;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

namespace MfsHa.Consensus.Log;

/// <summary>Remembers roughly, to a step of bytes, how much lies behind an entry. Only entries added by this process count. Not thread-safe.</summary>
internal sealed class LogSizes
{
    private const long Step = 1 << 20;
    private readonly LinkedList<(long Index, long Bytes)> _steps = new();
    private long _bytes;

    public void Added(long index, int bytes)
    {
        _bytes += bytes;
        if (_bytes - (_steps.Last?.Value.Bytes ?? 0) >= Step)
        {
            _steps.AddLast((index, _bytes));
        }
    }

    /// <summary>The last entry behind which there are at least <paramref name="bytes"/>; 0 when there is none.</summary>
    public long IndexBefore(long bytes)
    {
        var found = 0L;
        for (var step = _steps.First; step is not null && step.Value.Bytes <= _bytes - bytes; step = step.Next)
        {
            found = step.Value.Index;
        }

        return found;
    }

    public void CutHead(long index)
    {
        while (_steps.First is { } step && step.Value.Index <= index)
        {
            _steps.RemoveFirst();
        }
    }

    public void CutTail(long index)
    {
        while (_steps.Last is { } step && step.Value.Index >= index)
        {
            _steps.RemoveLast();
        }

        _bytes = Math.Min(_bytes, (_steps.Last?.Value.Bytes ?? 0) + Step);
    }
}

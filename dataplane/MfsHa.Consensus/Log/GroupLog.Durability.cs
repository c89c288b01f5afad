namespace MfsHa.Consensus.Log;

// How far the own disk is.
internal sealed partial class GroupLog
{
    private readonly Queue<PendingWrite> _pendingWrites = new();
    private long _durableIndex;

    /// <summary>Index up to which entries are on stable storage here. The lock is held.</summary>
    private long DurableIndex()
    {
        while (_pendingWrites.TryPeek(out var oldest) && oldest.Written.IsCompletedSuccessfully)
        {
            _durableIndex = Math.Max(_durableIndex, _pendingWrites.Dequeue().LastIndex);
        }

        return _durableIndex;
    }

    private void TrackWrite(long lastIndex, Task written) => _pendingWrites.Enqueue(new PendingWrite(lastIndex, written));

    /// <summary>The write after which <paramref name="index"/> is durable; null when it is. The lock is held.</summary>
    private Task? WriteOf(long index)
    {
        if (index <= DurableIndex())
        {
            return null;
        }

        foreach (var pending in _pendingWrites)
        {
            if (pending.LastIndex >= index)
            {
                return pending.Written;
            }
        }

        return _lastWrite;
    }

    // Entries from index on are replaced: their writes say nothing about the new ones.
    private void CutPendingWrites(long index)
    {
        var durable = DurableIndex();
        _durableIndex = Math.Min(durable, index - 1);
        for (var i = _pendingWrites.Count; i > 0; i--)
        {
            var pending = _pendingWrites.Dequeue();
            _pendingWrites.Enqueue(pending with { LastIndex = Math.Min(pending.LastIndex, index - 1) });
        }
    }

    private void ForgetPendingWrites() => _pendingWrites.Clear();

    private readonly record struct PendingWrite(long LastIndex, Task Written);
}

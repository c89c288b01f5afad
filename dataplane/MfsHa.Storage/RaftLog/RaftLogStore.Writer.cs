using System.Diagnostics;

namespace MfsHa.Storage.RaftLog;

public sealed partial class RaftLogStore
{
    private void WriteLoop()
    {
        while (true)
        {
            PendingWrites batch;
            lock (_gate)
            {
                while (_filling.Records == 0)
                {
                    if (_closing)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                batch = _filling;
                _filling = _spare;
                _writing = batch;
            }

            try
            {
                WriteBatch(batch);
            }
            catch (Exception e)
            {
                // Whatever it was, it is unknown what the disk holds now. The host stops the node; nobody gets an acknowledgment.
                Fail(batch, e);
                return;
            }
        }
    }

    private void WriteBatch(PendingWrites batch)
    {
        var start = Stopwatch.GetTimestamp();
        var bytes = batch.Buffer.Length;
        _device.Write(batch.Buffer.Seal());
        var elapsed = Stopwatch.GetElapsedTime(start);
        lock (_gate)
        {
            _statistics = new RaftLogStatistics(_statistics.Syncs + 1, _statistics.Records + batch.Records, _statistics.Bytes + bytes, elapsed);
            _writing = null;
            _spare = batch;
            batch.Complete();
        }
    }

    private void Fail(PendingWrites batch, Exception cause)
    {
        lock (_gate)
        {
            _failure = cause;
            batch.Fail(cause);
            _filling.Fail(cause);
        }

        _failed.TrySetResult(cause);
    }
}

using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Tests.Harness;

/// <summary>The disk of a test node: can be slow, can stall, can lie about syncs, and can lose its power.</summary>
internal sealed class TestDevice(IRaftLogDevice inner) : IRaftLogDevice
{
    private readonly object _gate = new();
    private readonly List<byte[]> _unsynced = [];
    private bool _held;
    private bool _off;

    /// <summary>Added to every sync.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Says "synced" at once and keeps the bytes where a power loss loses them: what must never be.</summary>
    public bool Lies { get; set; }

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

    /// <summary>From now on nothing reaches the disk, and what is waiting never does.</summary>
    public void PowerOff()
    {
        lock (_gate)
        {
            _off = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Write(ReadOnlySpan<byte> batch)
    {
        lock (_gate)
        {
            var until = DateTime.UtcNow + Delay;
            while (!_off && !(Lies && !_held))
            {
                var rest = until - DateTime.UtcNow;
                if (!_held && rest <= TimeSpan.Zero)
                {
                    break;
                }

                if (_held)
                {
                    Monitor.Wait(_gate);
                }
                else
                {
                    Monitor.Wait(_gate, rest);
                }
            }

            if (_off)
            {
                throw new IOException("power is off");
            }

            if (Lies)
            {
                _unsynced.Add(batch.ToArray());
                return;
            }
        }

        inner.Write(batch);
    }
}

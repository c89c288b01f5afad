using MfsHa.NodeLink;

namespace MfsHa.Consensus.Reads;

/// <summary>
/// The leader's book of read leases. While a lease is out nothing is appended to the log, so that its holder's state stays the newest there is; while something is
/// being appended, and shortly afterwards, no lease is given. Time is given in ticks of one monotonic clock. Thread-safe.
/// </summary>
/// <param name="quietTicks">How long after the last change no lease is given: with many changes, giving and recalling leases would only be in their way.</param>
internal sealed class LeaseBook(long quietTicks)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, Lease> _out = [];
    private long _serial;
    private int _changes;
    private long _lastChange = long.MinValue / 2;

    /// <summary>True when a lease might be given at this moment.</summary>
    public bool IsQuiet(long now)
    {
        lock (_gate)
        {
            return IsQuietLocked(now);
        }
    }

    /// <summary>
    /// Gives a lease until <paramref name="until"/>, in place of the holder's former one; null when a change is under way or <paramref name="isSettled"/>, asked
    /// at the moment of giving, denies.
    /// </summary>
    public long? Give(NodeId holder, long term, long now, long until, Func<bool> isSettled)
    {
        lock (_gate)
        {
            if (!IsQuietLocked(now) || until <= now || !isSettled())
            {
                return null;
            }

            var former = _out.TryGetValue(holder, out var lease) ? lease.Until : until;
            _out[holder] = new Lease(holder, term, ++_serial, Math.Max(former, until));
            return _serial;
        }
    }

    /// <summary>Begins a change: no lease is given until <see cref="EndChange"/>. Returns the leases that are out; the change must wait for their return or their end.</summary>
    public Lease[] BeginChange(long now)
    {
        lock (_gate)
        {
            _changes++;
            if (_out.Count == 0)
            {
                return [];
            }

            foreach (var lease in _out.Values.Where(l => l.Until <= now).ToArray())
            {
                _out.Remove(lease.Holder);
            }

            return [.. _out.Values];
        }
    }

    /// <summary>Ends a change.</summary>
    public void EndChange(long now)
    {
        lock (_gate)
        {
            _changes--;
            _lastChange = now;
        }
    }

    /// <summary>The holder has said that it reads no more by this lease nor by an earlier one.</summary>
    public void Returned(Lease lease)
    {
        lock (_gate)
        {
            if (_out.TryGetValue(lease.Holder, out var now) && now.Serial == lease.Serial)
            {
                _out.Remove(lease.Holder);
            }
        }
    }

    /// <summary>When the last lease that is out ends; <see cref="long.MinValue"/> when none is.</summary>
    public long LastEnd
    {
        get
        {
            lock (_gate)
            {
                return _out.Count == 0 ? long.MinValue : _out.Values.Max(static l => l.Until);
            }
        }
    }

    private bool IsQuietLocked(long now) => _changes == 0 && now - _lastChange >= quietTicks;

    /// <summary>A lease that is out.</summary>
    /// <param name="Holder">Who reads by it.</param>
    /// <param name="Term">Term of the leader that gave it.</param>
    /// <param name="Serial">Its number.</param>
    /// <param name="Until">When it ends by the leader's clock.</param>
    public readonly record struct Lease(NodeId Holder, long Term, long Serial, long Until);
}

namespace MfsHa.Consensus.Reads;

/// <summary>
/// The lease that a follower holds. A recall may come before the grant that it recalls: then that grant is void when it arrives. Time is given in ticks of one
/// monotonic clock. Thread-safe.
/// </summary>
internal sealed class HeldLease
{
    private readonly Lock _gate = new();
    private Held _held = new(0, 0, long.MinValue, long.MinValue);
    private (long Term, long Serial) _recalled;

    /// <summary>True while the state of this follower is the newest there is.</summary>
    public bool IsValid(long term, long now)
    {
        var held = Volatile.Read(ref _held);
        return held.Term == term && now < held.Until;
    }

    /// <summary>True when it is time to ask for the next one.</summary>
    public bool IsEnding(long now) => now >= Volatile.Read(ref _held).RenewAt;

    /// <summary>Takes a lease that was asked for at <paramref name="asked"/>: it counts from then, before the leader gave it. False when it is recalled already.</summary>
    public bool Take(LeaseGrant grant, long asked, long durationTicks)
    {
        lock (_gate)
        {
            if (grant.Term < _recalled.Term || (grant.Term == _recalled.Term && grant.Serial <= _recalled.Serial))
            {
                return false;
            }

            Volatile.Write(ref _held, new Held(grant.Term, grant.Serial, asked + durationTicks, asked + (durationTicks / 2)));
            return true;
        }
    }

    /// <summary>The leader of a term recalls all leases up to a number.</summary>
    public void Recall(long term, long serial)
    {
        lock (_gate)
        {
            if (term > _recalled.Term || (term == _recalled.Term && serial > _recalled.Serial))
            {
                _recalled = (term, serial);
            }

            if (_held.Term < term || (_held.Term == term && _held.Serial <= serial))
            {
                Volatile.Write(ref _held, new Held(0, 0, long.MinValue, long.MinValue));
            }
        }
    }

    // Read as a whole, without the lock.
    private sealed record Held(long Term, long Serial, long Until, long RenewAt);
}

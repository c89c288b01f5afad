using MfsHa.Cluster.Replicas;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// What a shard's leader does for transactions of other shards, and who waits here for what they hold. Whether something is held is decided in the log alone; what is known here only spares
/// attempts that would be refused, and wakes those who wait when something is let go. Thread-safe.
/// </summary>
/// <param name="shard">The shard.</param>
/// <param name="clock">Time.</param>
/// <param name="wakeUps">How waiters are woken: on another thread, or at once in a simulation that has only one.</param>
public sealed class TransactionParticipant(ITransactionShard shard, ICoordinatorClock clock, TaskCreationOptions wakeUps = TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>How long is waited at most for one release, milliseconds: one that another leader has proposed wakes nobody here.</summary>
    private const int LongestWait = 32;

    private readonly KeyedSignals<uint> released = new(wakeUps);
    private readonly Lock gate = new();

    // What preparations want that are on their way through the log: of several that want the same only one is proposed.
    private readonly UnitLocks claims = new();

    /// <summary>Promises, or refuses: at once what another one's preparation will hold, or holds as far as is known here.</summary>
    public async ValueTask<Reply> PrepareAsync(PrepareTransaction prepare, CancellationToken cancellation)
    {
        if (TryClaim(prepare) is { } unit)
        {
            return new HeldReply(unit, TransactionId.None);
        }

        var isHeld = false;
        try
        {
            var reply = await shard.ProposeAsync(prepare, cancellation).ConfigureAwait(false);
            isHeld = reply is PreparedReply;
            return reply;
        }
        finally
        {
            lock (gate)
            {
                claims.Remove(prepare.Id, prepare.Locks);
            }

            if (!isHeld)
            {
                Raise(prepare.Locks.Select(static l => l.Unit));
            }
        }
    }

    /// <summary>Carries out or gives up what was promised, and wakes who waits for it.</summary>
    public async ValueTask<Reply> FinishAsync(FinishTransaction finish, CancellationToken cancellation)
    {
        var units = shard.UnitsOf(finish.Id);
        var reply = await shard.ProposeAsync(finish, cancellation).ConfigureAwait(false);
        Raise(units);
        return reply;
    }

    /// <summary>Returns when a unit is let go, or is not held at all, or after a while.</summary>
    public async ValueTask WaitForReleaseAsync(uint unit, CancellationToken cancellation)
    {
        var ticket = released.Ticket(unit);
        if (shard.WhichIsHeld(TransactionId.None, [new UnitLock(unit, LockMode.Exclusive)]) is not null)
        {
            await clock.WaitAsync(ticket, LongestWait, cancellation).ConfigureAwait(false);
        }
    }

    // Null when it is claimed; otherwise what stands in the way.
    private uint? TryClaim(PrepareTransaction prepare)
    {
        lock (gate)
        {
            foreach (var wanted in prepare.Locks)
            {
                if (claims.WhoDenies(wanted) is { } other && other != prepare.Id)
                {
                    return wanted.Unit;
                }
            }

            if (shard.WhichIsHeld(prepare.Id, prepare.Locks) is { } held)
            {
                return held;
            }

            claims.Add(prepare.Id, prepare.Locks);
            return null;
        }
    }

    private void Raise(IEnumerable<uint> units)
    {
        foreach (var unit in units)
        {
            released.Raise(unit);
        }
    }
}

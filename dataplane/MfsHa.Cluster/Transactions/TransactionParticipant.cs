using MfsHa.Cluster.Replicas;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// What a shard's leader does for transactions of other shards, and who waits here for what they hold. Whether something is held is decided in the log alone; what is known here only spares
/// attempts that would be refused, wakes those who wait when something is let go, and sees to it that everybody has a turn. Thread-safe.
/// </summary>
/// <param name="shard">The shard.</param>
/// <param name="clock">Time.</param>
/// <param name="wakeUps">How waiters are woken: on another thread, or at once in a simulation that has only one.</param>
public sealed class TransactionParticipant(ITransactionShard shard, ICoordinatorClock clock, TaskCreationOptions wakeUps = TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>How long is waited at most for one release, milliseconds: one that another leader has proposed wakes nobody here.</summary>
    private const int LongestWait = 32;

    private readonly KeyedSignals<LockKey> released = new(wakeUps);
    private readonly Lock gate = new();

    // What preparations want that are on their way through the log: of several that want the same only one is proposed.
    private readonly UnitLocks claims = new();
    private readonly WantedDirectories wanted = new();

    /// <summary>Promises, or refuses: at once what another one's preparation will hold, or holds as far as is known here.</summary>
    public async ValueTask<Reply> PrepareAsync(PrepareTransaction prepare, CancellationToken cancellation)
    {
        if (TryClaim(prepare) is { } held)
        {
            return HeldReply.Of(held);
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
                Raise(prepare.Locks);
            }
        }
    }

    /// <summary>Carries out or gives up what was promised, and wakes who waits for it.</summary>
    public async ValueTask<Reply> FinishAsync(FinishTransaction finish, CancellationToken cancellation)
    {
        var locks = shard.LocksOf(finish.Id);
        var reply = await shard.ProposeAsync(finish, cancellation).ConfigureAwait(false);
        Raise(locks);
        return reply;
    }

    /// <summary>Returns when something is let go, or is not held at all, or after a while.</summary>
    public async ValueTask WaitForReleaseAsync(LockKey key, CancellationToken cancellation)
    {
        var ticket = released.Ticket(key);
        if (shard.WhichIsHeld(TransactionId.None, [new UnitLock(key.Unit, LockMode.Exclusive, key.Name)]) is null)
        {
            return;
        }

        if (key.Name != 0)
        {
            await clock.WaitAsync(ticket, LongestWait, cancellation).ConfigureAwait(false);
            return;
        }

        lock (gate)
        {
            wanted.BeginWait(key.Unit);
        }

        try
        {
            await clock.WaitAsync(ticket, LongestWait, cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                wanted.EndWait(key.Unit, clock.Milliseconds);
            }
        }
    }

    // Null when it is claimed; otherwise what stands in the way.
    private LockKey? TryClaim(PrepareTransaction prepare)
    {
        lock (gate)
        {
            var now = clock.Milliseconds;
            foreach (var wish in prepare.Locks)
            {
                if (wish.Mode == LockMode.Entries && wanted.Contains(wish.Unit, now))
                {
                    return wish.Key;
                }

                if (claims.WhoDenies(wish) is { } other && other != prepare.Id)
                {
                    Want(wish, now);
                    return wish.Key;
                }
            }

            if (shard.WhichIsHeld(prepare.Id, prepare.Locks) is { } held)
            {
                Want(held, now);
                return held.Key;
            }

            claims.Add(prepare.Id, prepare.Locks);
            return null;
        }
    }

    private void Want(UnitLock wish, long now)
    {
        if (wish is { Name: 0, Mode: LockMode.Shared or LockMode.Exclusive })
        {
            wanted.Refuse(wish.Unit, now);
        }
    }

    private void Raise(IEnumerable<UnitLock> locks)
    {
        foreach (var former in locks)
        {
            released.Raise(former.Key);
        }
    }
}

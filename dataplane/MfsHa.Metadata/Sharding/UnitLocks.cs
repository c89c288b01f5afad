using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Sharding;

/// <summary>What of a shard is held by prepared transactions. An index of <see cref="PreparedTransaction"/> records, rebuilt from them.</summary>
public sealed class UnitLocks
{
    private readonly Dictionary<LockKey, List<(TransactionId Transaction, LockMode Mode)>> held = [];

    /// <summary>Held units and names.</summary>
    public int Count => held.Count;

    /// <summary>Nothing is held.</summary>
    public void Clear() => held.Clear();

    /// <summary>A transaction holds units from now on.</summary>
    public void Add(TransactionId transaction, IEnumerable<UnitLock> locks)
    {
        foreach (var wanted in locks)
        {
            if (!held.TryGetValue(wanted.Key, out var holders))
            {
                held.Add(wanted.Key, holders = []);
            }

            holders.Add((transaction, wanted.Mode));
        }
    }

    /// <summary>A transaction lets units go. <see cref="InvariantException"/> when it does not hold them so.</summary>
    public void Remove(TransactionId transaction, IEnumerable<UnitLock> locks)
    {
        foreach (var former in locks)
        {
            if (!held.TryGetValue(former.Key, out var holders) || !holders.Remove((transaction, former.Mode)))
            {
                throw new InvariantException($"transaction {transaction} does not hold {former.Key}");
            }

            if (holders.Count == 0)
            {
                held.Remove(former.Key);
            }
        }
    }

    /// <summary>Who stands in the way of a transaction that wants this; null if nobody does.</summary>
    public TransactionId? WhoDenies(UnitLock wanted) => held.TryGetValue(wanted.Key, out var holders) ? WhoExcludes(holders, wanted.Mode) : null;

    /// <summary>Throws <see cref="UnitLockedException"/> when nobody may read this of a unit now.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="name">A name in it that is looked up; 0 for none.</param>
    /// <param name="mode">What a transaction would have to hold for it.</param>
    public void CheckRead(uint unit, ulong name, LockMode mode)
    {
        Check(new LockKey(unit), mode);
        if (name != 0)
        {
            Check(new LockKey(unit, name), LockMode.Shared);
        }
    }

    /// <summary>Throws <see cref="UnitLockedException"/> when nobody may change this of a unit now.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="name">The name in it that gets or loses its entry; 0 for none.</param>
    /// <param name="mode">What a transaction would have to hold for it.</param>
    /// <param name="moves">True when it lies elsewhere afterwards.</param>
    public void CheckWrite(uint unit, ulong name, LockMode mode, bool moves)
    {
        if (mode == LockMode.Entries)
        {
            Check(new LockKey(unit), mode);
        }
        else if (held.TryGetValue(new LockKey(unit), out var holders))
        {
            foreach (var (transaction, other) in holders)
            {
                if (other != LockMode.Place || moves)
                {
                    throw new UnitLockedException(new LockKey(unit), transaction);
                }
            }
        }

        if (name != 0)
        {
            Check(new LockKey(unit, name), LockMode.Exclusive);
        }
    }

    private static TransactionId? WhoExcludes(List<(TransactionId Transaction, LockMode Mode)> holders, LockMode wanted)
    {
        foreach (var (transaction, mode) in holders)
        {
            if (mode.Excludes(wanted))
            {
                return transaction;
            }
        }

        return null;
    }

    private void Check(LockKey key, LockMode mode)
    {
        if (held.TryGetValue(key, out var holders) && WhoExcludes(holders, mode) is { } holder)
        {
            throw new UnitLockedException(key, holder);
        }
    }
}

using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Sharding;

/// <summary>Which units of a shard are held by prepared transactions. An index of <see cref="PreparedTransaction"/> records, rebuilt from them.</summary>
public sealed class UnitLocks
{
    private readonly Dictionary<uint, List<(TransactionId Transaction, LockMode Mode)>> held = [];

    /// <summary>Held units.</summary>
    public int Count => held.Count;

    /// <summary>The units that are held.</summary>
    public IEnumerable<uint> Units => held.Keys;

    /// <summary>Nothing is held.</summary>
    public void Clear() => held.Clear();

    /// <summary>A transaction holds units from now on.</summary>
    public void Add(TransactionId transaction, IEnumerable<UnitLock> locks)
    {
        foreach (var (unit, mode) in locks)
        {
            if (!held.TryGetValue(unit, out var holders))
            {
                held.Add(unit, holders = []);
            }

            holders.Add((transaction, mode));
        }
    }

    /// <summary>A transaction lets units go. <see cref="InvariantException"/> when it does not hold them so.</summary>
    public void Remove(TransactionId transaction, IEnumerable<UnitLock> locks)
    {
        foreach (var (unit, mode) in locks)
        {
            if (!held.TryGetValue(unit, out var holders) || !holders.Remove((transaction, mode)))
            {
                throw new InvariantException($"transaction {transaction} does not hold unit {unit}");
            }

            if (holders.Count == 0)
            {
                held.Remove(unit);
            }
        }
    }

    /// <summary>Who stands in the way of a transaction that wants this; null if nobody does.</summary>
    public TransactionId? WhoDenies(UnitLock wanted)
    {
        if (held.TryGetValue(wanted.Unit, out var holders))
        {
            foreach (var (transaction, mode) in holders)
            {
                if (mode == LockMode.Exclusive || wanted.Mode == LockMode.Exclusive)
                {
                    return transaction;
                }
            }
        }

        return null;
    }

    /// <summary>Throws <see cref="UnitLockedException"/> when nobody may read the unit now.</summary>
    public void CheckRead(uint unit)
    {
        if (held.TryGetValue(unit, out var holders) && holders[0].Mode == LockMode.Exclusive)
        {
            throw new UnitLockedException(unit, holders[0].Transaction);
        }
    }

    /// <summary>Throws <see cref="UnitLockedException"/> when nobody may change the unit now.</summary>
    public void CheckWrite(uint unit, bool moves)
    {
        if (!held.TryGetValue(unit, out var holders))
        {
            return;
        }

        foreach (var (transaction, mode) in holders)
        {
            if (mode > LockMode.Place || moves)
            {
                throw new UnitLockedException(unit, transaction);
            }
        }
    }
}

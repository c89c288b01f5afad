using System.Diagnostics.CodeAnalysis;
using MfsHa.NodeLink;

namespace MfsHa.Replication.Crdt;

/// <summary>
/// A map of last-writer-wins registers; removing is a write as well and leaves a tombstone until <see cref="Forget"/>. Not thread-safe.
/// </summary>
/// <typeparam name="TKey">Type of keys.</typeparam>
/// <typeparam name="TValue">Type of values.</typeparam>
public sealed class LwwMap<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<TKey, LwwRegister<LwwEntry<TValue>>> _registers = [];

    /// <summary>All registers, tombstones included.</summary>
    public IReadOnlyDictionary<TKey, LwwRegister<LwwEntry<TValue>>> Registers => _registers;

    /// <summary>Keys and values that are present.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Present
        => _registers.Where(pair => pair.Value.Value.IsPresent).Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value.Value!));

    /// <summary>Reads a value; false when the key was never written or was removed.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_registers.TryGetValue(key, out var register) && register.Value.IsPresent)
        {
            value = register.Value.Value!;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Writes a value over what is seen here; returns the write, which is what other replicas need.</summary>
    public LwwRegister<LwwEntry<TValue>> Set(TKey key, TValue value, NodeId writer) => Write(key, new LwwEntry<TValue>(true, value), writer);

    /// <summary>Removes a key; returns the write, which is what other replicas need.</summary>
    public LwwRegister<LwwEntry<TValue>> Remove(TKey key, NodeId writer) => Write(key, default, writer);

    /// <summary>Merges one register of another replica. True when it changed something here.</summary>
    public bool Merge(TKey key, LwwRegister<LwwEntry<TValue>> register)
    {
        if (_registers.TryGetValue(key, out var own) && own.Stamp >= register.Stamp)
            return false;
        _registers[key] = register;
        return true;
    }

    /// <summary>Merges all of another replica. True when it changed something here.</summary>
    public bool Merge(LwwMap<TKey, TValue> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var changed = false;
        foreach (var (key, register) in other._registers)
            changed |= Merge(key, register);
        return changed;
    }

    /// <summary>Forgets tombstones of which <paramref name="isStable"/> says that every replica has seen them.</summary>
    public int Forget(Func<TKey, LwwStamp, bool> isStable)
    {
        var forgotten = _registers.Where(pair => !pair.Value.Value.IsPresent && isStable(pair.Key, pair.Value.Stamp)).Select(pair => pair.Key).ToList();
        foreach (var key in forgotten)
            _registers.Remove(key);
        return forgotten.Count;
    }

    private LwwRegister<LwwEntry<TValue>> Write(TKey key, LwwEntry<TValue> entry, NodeId writer)
    {
        var stamp = _registers.TryGetValue(key, out var own) ? own.Stamp.Next(writer) : default(LwwStamp).Next(writer);
        return _registers[key] = new LwwRegister<LwwEntry<TValue>>(entry, stamp);
    }
}

/// <summary>A value of an <see cref="LwwMap{TKey, TValue}"/>, or its absence.</summary>
/// <param name="IsPresent">False for a tombstone.</param>
/// <param name="Value">The value; default for a tombstone.</param>
/// <typeparam name="TValue">Type of the value.</typeparam>
public readonly record struct LwwEntry<TValue>(bool IsPresent, TValue? Value);

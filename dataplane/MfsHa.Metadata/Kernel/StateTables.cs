using MemoryPack;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Metadata.Kernel;

/// <summary>
/// The tables of one group's state over one store, and the position in the log that they stand at.
/// Not thread-safe: the owner applies entries and answers queries under one lock.
/// </summary>
public abstract partial class StateTables
{
    private const byte PositionKind = 0;
    private readonly List<ITable> tables = [];
    private readonly List<ITable> changed = [];
    private readonly List<StoreChange> batch = [];
    private readonly byte[] positionKey;
    private long lookups;
    private long misses;

    /// <summary>Opens the state of a group.</summary>
    /// <param name="store">Where the records are.</param>
    /// <param name="group">Number of the group; all keys begin with it.</param>
    protected StateTables(IOrderedStore store, ushort group)
    {
        Store = store;
        Group = group;
        positionKey = Prefix(PositionKind);
        var bytes = store.Get(positionKey);
        Position = bytes is null ? LogPosition.Empty : MemoryPackSerializer.Deserialize<LogPosition>(bytes)!;
    }

    /// <summary>The group whose state this is.</summary>
    public ushort Group { get; }

    /// <summary>Up to where the log is applied.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>Entries held decoded in memory.</summary>
    public int CachedCount => tables.Sum(static t => t.CachedCount);

    /// <summary>Entries that may be held decoded in memory; changed ones come on top until they are written.</summary>
    public long CacheLimit => tables.Sum(static t => (long)t.CacheLimit);

    /// <summary>Changed records that are not yet in the store.</summary>
    public int PendingCount => tables.Sum(static t => t.PendingCount);

    /// <summary>How often a record was looked for in memory (HOT tier), and how often it was not there. Says how fast the state is, and is no part of it.</summary>
    public (long Lookups, long Misses) CacheUse => (lookups, misses);

    internal IOrderedStore Store { get; }

    /// <summary>What operations may do beyond this shard; null when there is no other one.</summary>
    internal ShardReach? Reach { get; private protected set; }

    /// <summary>
    /// Ends one command: its changes stay if its status is success, and must be none if not
    /// (<see cref="InvariantException"/> otherwise).
    /// </summary>
    public void Commit(bool success)
    {
        if (changed.Count == 0)
        {
            return;
        }

        if (!success)
        {
            throw new InvariantException("a command that failed, or a query, has changed the state");
        }

        foreach (var table in changed)
        {
            table.KeepChanges();
        }

        changed.Clear();
    }

    /// <summary>Takes back everything since the last <see cref="Commit"/>.</summary>
    public void Undo()
    {
        foreach (var table in changed)
        {
            table.UndoChanges();
        }

        changed.Clear();
    }

    /// <summary>Moves the position; the new one is stored with the pending changes.</summary>
    public void Advance(LogPosition position)
    {
        if (position.Index != Position.Index + 1 || position.UnixMilliseconds < Position.UnixMilliseconds)
        {
            throw new InvariantException($"the log goes from {Position} to {position}");
        }

        Position = position;
    }

    /// <summary>Writes all pending changes and the position in one atomic step.</summary>
    public void WritePending()
    {
        if (changed.Count > 0)
        {
            throw new InvariantException("changes of an unfinished command would be written");
        }

        batch.Clear();
        foreach (var table in tables)
        {
            table.TakePending(batch);
        }

        batch.Add(new StoreChange(positionKey, MemoryPackSerializer.Serialize(Position)));
        Store.Write(batch);
        batch.Clear();
    }

    /// <summary>Writes what waits and forgets what is kept decoded in memory; it is read from the store again when it is needed.</summary>
    public void DropCached()
    {
        WritePending();
        foreach (var table in tables)
        {
            table.DropCache();
        }
    }

    /// <summary>Reads everything anew from the store, after its records were replaced by a snapshot.</summary>
    public void Reload()
    {
        foreach (var table in tables)
        {
            table.DropCache();
        }

        var bytes = Store.Get(positionKey);
        Position = bytes is null ? LogPosition.Empty : MemoryPackSerializer.Deserialize<LogPosition>(bytes)!;
        OnReloaded();
    }

    /// <summary>Makes anew what is kept in memory about the records.</summary>
    protected virtual void OnReloaded()
    {
    }

    internal void NoteLookup() => lookups++;

    internal void NoteMiss() => misses++;

    /// <summary>Adds a table. <paramref name="kind"/> is part of the storage format and never reused.</summary>
    /// <param name="kind">Kind of its records.</param>
    /// <param name="cacheEntries">Decoded records kept in memory.</param>
    /// <param name="unitOf">The inode that a key belongs to; null when the records are the shard's own whatever their keys are.</param>
    /// <param name="lockable">False when transactions' locks do not concern the records.</param>
    /// <param name="part">Which part of their units the records are.</param>
    /// <param name="nameOf">The name that a key is about; null when it is none that can be held.</param>
    protected Table<TKey, TValue, TKeyCodec, TValueCodec> AddTable<TKey, TValue, TKeyCodec, TValueCodec>(
        byte kind, int cacheEntries, Func<TKey, uint>? unitOf = null, bool lockable = true, UnitPart part = UnitPart.Settled, Func<TKey, Name>? nameOf = null)
        where TKey : notnull
        where TValue : class
        where TKeyCodec : IKeyCodec<TKey>
        where TValueCodec : IValueCodec<TValue>
    {
        var table = new Table<TKey, TValue, TKeyCodec, TValueCodec>(this, Prefix(kind), cacheEntries, unitOf, lockable, part, nameOf);
        tables.Add(table);
        return table;
    }

    /// <summary>The table with records of a kind; <see cref="InvariantException"/> if there is none.</summary>
    internal ITable TableOf(byte kind) => tables.Find(t => t.Kind == kind) ?? throw new InvariantException($"no table has records of kind {kind}");

    /// <summary>Called by a table at its first change since the last <see cref="Commit"/>.</summary>
    internal void NoteChanged(ITable table) => changed.Add(table);

    private byte[] Prefix(byte kind) => [(byte)(Group >> 8), (byte)Group, kind];
}

/// <summary>A position in a group's log.</summary>
/// <param name="Index">Index of the last applied entry.</param>
/// <param name="Term">Its term.</param>
/// <param name="UnixMilliseconds">Its time; the state's clock, never going back.</param>
[MemoryPackable]
public sealed partial record LogPosition(long Index, long Term, long UnixMilliseconds)
{
    /// <summary>Before the first entry.</summary>
    public static readonly LogPosition Empty = new(0, 0, 0);
}

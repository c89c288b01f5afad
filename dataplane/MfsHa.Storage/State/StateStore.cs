using System.Buffers;
using System.Globalization;
using MfsHa.Storage.Rocks;
using RocksDbSharp;

namespace MfsHa.Storage.State;

/// <summary>
/// The ordered key-value store of all replicas of a node (design.md 4). There is no write-ahead log: the Raft log is it. After a crash the store is as at its
/// last <see cref="Flush"/> or a later moment, always at a boundary between two batches. All members are thread-safe.
/// Failures: <see cref="StorageUnavailableException"/>, <see cref="StorageCorruptException"/>; after either the node has to stop.
/// </summary>
public sealed class StateStore : IDisposable
{
    private readonly RocksHandle _db;
    private readonly Cache _cache;
    private readonly RocksWriter _writer;
    private readonly ReadOptions _reads = new();
    private readonly StateStoreOptions _options;
    private int _loads;
    private readonly FlushOptions _flush = new FlushOptions().SetWaitForFlush(true);

    private StateStore(RocksHandle db, Cache cache, StateStoreOptions options)
    {
        MemoryLimit = options.BlockCacheBytes;
        _options = options;
        _db = db;
        _cache = cache;
        _writer = new RocksWriter(db, sync: false, writeAheadLog: false);
    }

    /// <summary>The data directory.</summary>
    public string Path => _db.Path;

    /// <summary>Opens the store, creating it where it does not exist.</summary>
    public static StateStore Open(string path, StateStoreOptions options)
    {
        var cache = Cache.CreateLru((ulong)options.BlockCacheBytes);
        return new StateStore(RocksHandle.Open(StateStoreTuning.Create(options, cache), path), cache, options);
    }

    /// <summary>Reads a value in place; false when the key does not exist.</summary>
    public bool TryRead<TState, TResult>(
        ReadOnlySpan<byte> key, TState state, ValueReader<TState, TResult> reader, out TResult result, StateSnapshot? at = null)
        where TState : allows ref struct
    {
        var found = RocksReader.TryRead(_db, at?.Options ?? _reads, key, state, reader, out result);
        GC.KeepAlive(at);
        return found;
    }

    /// <summary>Reads a value into an array of its own; null when the key does not exist.</summary>
    public byte[]? Get(ReadOnlySpan<byte> key, StateSnapshot? at = null) =>
        TryRead(key, 0, static (value, _) => value.ToArray(), out var result, at) ? result : null;

    /// <summary>Appends a value to <paramref name="destination"/>; false when the key does not exist.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, IBufferWriter<byte> destination, StateSnapshot? at = null) =>
        TryRead(
            key,
            destination,
            static (value, to) =>
            {
                to.Write(value);
                return value.Length;
            },
            out _,
            at);

    /// <summary>
    /// Copies a value to <paramref name="destination"/> and sets its <paramref name="length"/>; false when the key does not exist.
    /// A value longer than the destination is not copied; the length says so.
    /// </summary>
    public bool TryGet(ReadOnlySpan<byte> key, Span<byte> destination, out int length, StateSnapshot? at = null) =>
        TryRead(
            key,
            destination,
            static (value, to) =>
            {
                if (value.Length <= to.Length)
                {
                    value.CopyTo(to);
                }

                return value.Length;
            },
            out length,
            at);

    /// <summary>True when the key exists.</summary>
    public bool Contains(ReadOnlySpan<byte> key, StateSnapshot? at = null) => TryRead(key, 0, static (_, _) => true, out _, at);

    /// <summary>Walks the keys of <c>[lower, upper)</c>, backwards if asked. <paramref name="fillCache"/> is false for long walks.</summary>
    public StoreCursor Iterate(
        ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper, StateSnapshot? at = null, bool reverse = false, bool fillCache = true) =>
        new(_db, lower, upper, reverse, fillCache, at, at?.Handle ?? 0);

    /// <summary>Makes the changes of a batch visible, all or none.</summary>
    public void Write(StateBatch batch) => _writer.Write(batch.Buffer.Seal());

    /// <summary>Begins to take many records in order, as files that are made beside the store. They must not be there yet, and nobody else writes where they go.</summary>
    public StateLoad BeginLoad() => new(_db, StateStoreTuning.Create(_options, _cache), $"{Path}.load-{Interlocked.Increment(ref _loads)}");

    /// <summary>Makes everything written before the call durable. Takes time: tens of milliseconds per 10 MiB of changes.</summary>
    public void Flush()
    {
        using var lease = _db.Use();
        Native.Instance.rocksdb_flush(lease.Pointer, _flush.Handle, out var error);
        RocksErrors.ThrowIfFailed(Path, error);
    }

    /// <summary>The store as it is now.</summary>
    public StateSnapshot Snapshot() => new(_db);

    /// <summary>Writes an openable copy of the store as it is now to a directory that must not exist; files are hard links where possible.</summary>
    public void Checkpoint(string directory)
    {
        using var lease = _db.Use();
        try
        {
            using var checkpoint = _db.Db.Checkpoint();
            checkpoint.Save(directory);
        }
        catch (RocksDbException e)
        {
            throw RocksErrors.Translate(directory, e.Message, e);
        }
    }

    /// <summary>Bytes in use, of memory and disk.</summary>
    public StateStoreUsage Usage() => new(
        (long)_cache.GetUsage(),
        Property("rocksdb.cur-size-all-mem-tables"),
        Property("rocksdb.estimate-table-readers-mem"),
        Property("rocksdb.total-sst-files-size"),
        Property("rocksdb.estimate-num-keys"));

    /// <summary>What the block cache and the changes in memory may take together, bytes.</summary>
    public long MemoryLimit { get; }

    /// <summary>Drops blocks that are cached and not in use; they are read from files again.</summary>
    public void DropCachedBlocks()
    {
        using var lease = _db.Use();
        _cache.SetCapacity(0);
        _cache.SetCapacity((ulong)MemoryLimit);
    }

    /// <summary>Closes the store; changes since the last flush are written out first. Cursors and snapshots keep it open until they end.</summary>
    public void Dispose() => _db.Dispose();

    private long Property(string name)
    {
        using var lease = _db.Use();
        return long.TryParse(_db.Db.GetProperty(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }
}

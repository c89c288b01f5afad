using System.Diagnostics;
using MfsHa.Storage.Rocks;
using RocksDbSharp;
using static MfsHa.Storage.RaftLog.RaftLogCodec;

namespace MfsHa.Storage.RaftLog;

/// <summary>
/// Logs, terms, votes, configurations and marks of all groups of a node in one RocksDB (design.md 4). One thread writes: whatever groups add while a sync runs
/// goes to disk together with the next one (group commit). Records become durable in the order in which they were added, over all groups.
/// The returned task of an append completes when the record is on stable storage. All members are thread-safe; the caller keeps the order per group.
/// </summary>
public sealed partial class RaftLogStore : IDisposable
{
    private readonly RocksHandle _db;
    private readonly IRaftLogDevice _device;
    private readonly int _maxPendingBytes;
    private readonly ReadOptions _reads = new();
    private readonly object _gate = new();
    private readonly Thread _writer;
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<ushort, RaftGroupRecord> _opened = [];
    private readonly Dictionary<ushort, ReplicaIdentity> _replicas = [];
    private PendingWrites _filling = new();
    private PendingWrites _spare = new();
    private PendingWrites? _writing;
    private Exception? _failure;
    private bool _closing;
    private RaftLogStatistics _statistics;

    private RaftLogStore(RocksHandle db, RaftLogStoreOptions options, Func<IRaftLogDevice, IRaftLogDevice>? between)
    {
        _db = db;
        _maxPendingBytes = options.MaxPendingBytes;
        IRaftLogDevice device = new RocksLogDevice(db);
        _device = between?.Invoke(device) ?? device;
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "raft-log-writer" };
    }

    /// <summary>The data directory.</summary>
    public string Path => _db.Path;

    /// <summary>Unix seconds at which the store was created: a node that lost its disk has another number, and is another member.</summary>
    public uint Incarnation { get; private set; }

    /// <summary>The groups of which something was stored when the store was opened.</summary>
    public IReadOnlyCollection<ushort> Groups { get; private set; } = [];

    /// <summary>Completes with the cause when a write has failed. Nothing can be written any more: the node has to stop.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>How long the oldest record has been waiting for its sync; zero when none waits.</summary>
    public TimeSpan OldestPending
    {
        get
        {
            lock (_gate)
            {
                var since = _writing?.Since ?? (_filling.Records > 0 ? _filling.Since : 0);
                return since == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since);
            }
        }
    }

    /// <summary>Figures since the store was opened.</summary>
    public RaftLogStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return _statistics;
            }
        }
    }

    /// <summary>
    /// Opens the store, creating it where it does not exist, and reads every record once: checksums, order, gaps.
    /// Throws <see cref="StorageUnavailableException"/> or <see cref="StorageCorruptException"/>.
    /// </summary>
    /// <param name="path">The data directory.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock that names a new store's incarnation.</param>
    /// <param name="between">Puts a device between the writer and RocksDB; null in production.</param>
    public static RaftLogStore Open(string path, RaftLogStoreOptions options, TimeProvider time, Func<IRaftLogDevice, IRaftLogDevice>? between = null)
    {
        var db = RocksHandle.Open(RaftLogTuning.Create(options), path);
        try
        {
            var store = new RaftLogStore(db, options, between);
            store.Scan(time);
            store._writer.Start();
            return store;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>What is stored of a group, checked. Its writes have ended.</summary>
    public RaftGroupRecord Load(ushort group)
    {
        lock (_opened)
        {
            return _opened.Remove(group, out var opened) ? opened : Scan(group);
        }
    }

    /// <summary>Throws <see cref="RaftLogBusyException"/> while too much waits for the disk. To be asked before appending; what is under way then may exceed the bound once.</summary>
    public void ThrowIfBusy()
    {
        lock (_gate)
        {
            if (_filling.Buffer.Length > _maxPendingBytes)
            {
                throw new RaftLogBusyException(_filling.Buffer.Length);
            }
        }
    }

    /// <summary>
    /// Adds entries, after removing all from <paramref name="truncateFrom"/> on when that is not 0. All or none become durable.
    /// </summary>
    public Task Append(ushort group, ReadOnlySpan<RaftLogEntry> entries, long truncateFrom = 0)
    {
        Span<byte> key = stackalloc byte[EntryKeyLength];
        Span<byte> end = stackalloc byte[EntryKeyLength];
        lock (_gate)
        {
            ThrowIfNotWritable(group);
            if (truncateFrom > 0)
            {
                _filling.Buffer.DeleteRange(EntryKey(key, group, truncateFrom), EntryKey(end, group, long.MaxValue));
            }

            foreach (var entry in entries)
            {
                EntryKey(key, group, entry.Index);
                WriteEntry(_filling.Buffer.Put(key, EntryHeaderLength + entry.Payload.Length), key, entry);
            }

            return Added();
        }
    }

    /// <summary>Replaces term and vote.</summary>
    public Task SaveHardState(ushort group, in RaftHardState state)
    {
        Span<byte> key = stackalloc byte[GroupKeyLength];
        lock (_gate)
        {
            ThrowIfNotWritable(group);
            Key(key, group, RecordKind.HardState);
            WriteHardState(_filling.Buffer.Put(key, HardStateLength(state)), key, state);
            return Added();
        }
    }

    /// <summary>Replaces the members.</summary>
    public Task SaveConfiguration(ushort group, in RaftConfiguration configuration)
    {
        Span<byte> key = stackalloc byte[GroupKeyLength];
        lock (_gate)
        {
            ThrowIfNotWritable(group);
            Key(key, group, RecordKind.Configuration);
            WriteConfiguration(_filling.Buffer.Put(key, ConfigurationLength(configuration)), key, configuration);
            return Added();
        }
    }

    /// <summary>Removes the entries from <paramref name="from"/> up to and including the mark, which becomes the beginning of the log.</summary>
    public Task TruncateHead(ushort group, long from, in RaftLogMark mark) => Cut(group, from, mark.Index + 1, mark);

    /// <summary>Notes that a peer's state, which ends with the mark, is about to replace the own one: after a crash the state shows whether it did. The next cut removes the note.</summary>
    public Task BeginInstall(ushort group, in RaftLogMark mark)
    {
        Span<byte> key = stackalloc byte[GroupKeyLength];
        lock (_gate)
        {
            ThrowIfNotWritable(group);
            Key(key, group, RecordKind.Install);
            WriteMark(_filling.Buffer.Put(key, MarkLength), key, mark);
            return Added();
        }
    }

    /// <summary>Removes all entries: the state was replaced by a peer's, which ends with the mark.</summary>
    public Task Reset(ushort group, in RaftLogMark mark) => Cut(group, 0, long.MaxValue, mark);

    /// <summary>Who the group's replica in this store is; of a group that was never removed here it is whoever the store is.</summary>
    public ReplicaIdentity ReplicaOf(ushort group)
    {
        lock (_gate)
        {
            return _replicas.TryGetValue(group, out var replica) ? replica : new ReplicaIdentity(Incarnation, IsRemoved: false);
        }
    }

    /// <summary>Groups that were removed and have not come back.</summary>
    public IReadOnlyCollection<ushort> RemovedGroups
    {
        get
        {
            lock (_gate)
            {
                return [.. _replicas.Where(static r => r.Value.IsRemoved).Select(static r => r.Key)];
            }
        }
    }

    /// <summary>Removes everything of a group, and notes that it was here: in one step, or votes could be forgotten under an identity that others still know.</summary>
    public Task RemoveGroup(ushort group)
    {
        Span<byte> from = stackalloc byte[GroupKeyLength];
        Span<byte> to = stackalloc byte[GroupKeyLength];
        lock (_gate)
        {
            ThrowIfNotWritable();
            _filling.Buffer.DeleteRange(Key(from, group, RecordKind.HardState), Key(to, group, RecordKind.Store));
            return SetReplica(group, ReplicaOf(group) with { IsRemoved = true });
        }
    }

    /// <summary>A group that was removed comes back, empty, as another member.</summary>
    /// <param name="group">The group; removed here before, or <see cref="InvalidOperationException"/>.</param>
    /// <param name="unixSeconds">The clock; only has to be one that the node's former disks have had, too.</param>
    public Task BeginAnew(ushort group, long unixSeconds)
    {
        lock (_gate)
        {
            ThrowIfNotWritable();
            return ReplicaOf(group) is { IsRemoved: true, Incarnation: var former }
                ? SetReplica(group, new ReplicaIdentity((uint)Math.Clamp(unixSeconds, checked(former + 1), uint.MaxValue), IsRemoved: false))
                : throw new InvalidOperationException($"group {group} was not removed here");
        }
    }

    /// <summary>Completes when everything that was added before the call is durable.</summary>
    public Task LastWrite()
    {
        lock (_gate)
        {
            return _failure is { } failure ? Task.FromException(failure)
                : _filling.Records > 0 ? _filling.Done
                : _writing?.Done ?? Task.CompletedTask;
        }
    }

    /// <summary>Writes what was added, stops the writer and closes the store.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            Monitor.Pulse(_gate);
        }

        _writer.Join();
        _db.Dispose();
        _filling.Dispose();
        _spare.Dispose();
    }

    // The lock is held.
    private Task SetReplica(ushort group, ReplicaIdentity replica)
    {
        Span<byte> key = stackalloc byte[GroupKeyLength];
        Key(key, group, RecordKind.Replica);
        WriteReplica(_filling.Buffer.Put(key, ReplicaLength), key, replica);
        _replicas[group] = replica;
        return Added();
    }

    private Task Cut(ushort group, long from, long to, in RaftLogMark mark)
    {
        Span<byte> key = stackalloc byte[EntryKeyLength];
        Span<byte> end = stackalloc byte[EntryKeyLength];
        lock (_gate)
        {
            ThrowIfNotWritable(group);
            _filling.Buffer.DeleteRange(EntryKey(key, group, from), EntryKey(end, group, to));
            var markKey = Key(key, group, RecordKind.Mark);
            WriteMark(_filling.Buffer.Put(markKey, MarkLength), markKey, mark);
            _filling.Buffer.Delete(Key(end, group, RecordKind.Install)); // if there was one, this ends it
            return Added();
        }
    }

    // Whatever of a removed replica still runs must not leave anything: half a log would be found at the next start.
    private void ThrowIfNotWritable(ushort group)
    {
        ThrowIfNotWritable();
        if (_replicas.Count > 0 && _replicas.TryGetValue(group, out var replica) && replica.IsRemoved)
        {
            throw new ObjectDisposedException($"group {group}", "its replica was removed");
        }
    }

    private void ThrowIfNotWritable()
    {
        ObjectDisposedException.ThrowIf(_closing, this);
        if (_failure is { } failure)
        {
            throw new StorageUnavailableException(Path, failure.Message, failure);
        }
    }

    private Task Added()
    {
        _filling.Added();
        if (_filling.Records == 1 && _writing is null)
        {
            Monitor.Pulse(_gate);
        }

        return _filling.Done;
    }
}

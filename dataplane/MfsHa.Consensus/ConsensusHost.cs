using System.Collections.Concurrent;
using System.Diagnostics;
using MfsHa.Consensus.Reads;
using MfsHa.Consensus.Snapshots;
using MfsHa.NodeLink;
using MfsHa.Storage.RaftLog;
using Microsoft.Extensions.Logging;

namespace MfsHa.Consensus;

/// <summary>
/// The groups of a node and what they share: the log store, its watchdog, the periodic flush. Made before the node link starts, because it answers calls.
/// </summary>
public sealed class ConsensusHost : IAsyncDisposable
{
    private readonly ConsensusHostOptions _options;
    private readonly RaftLogStore _store;
    private readonly GroupContext _context;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<ushort, bool> _taken = new();
    private readonly ConcurrentDictionary<ushort, ShardLog> _groups = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly long _openedAt = Stopwatch.GetTimestamp();
    private readonly Task _flushing;
    private readonly Task _watching;
    private int _disposed;

    private ConsensusHost(ConsensusHostOptions options, RaftLogStore store, NodeLinkHost link, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _store = store;
        _logger = loggers.CreateLogger("MfsHa.Consensus");
        Self = new NodeEndPoint(options.Self, store.Incarnation);
        Pace = new ShippingPace(time);
        _context = new GroupContext(
            Self, store, link.Raft, link.Rpc, link.Formats, options.Groups, Pace, Path.Combine(options.Directory, "idle"), time, loggers, cause => _failed.TrySetResult(cause));
        link.Rpc.Handle(RpcMethod.SnapshotPiece, ReadPieceAsync);
        link.Rpc.Handle(RpcMethod.AskLease, AskLeaseAsync);
        link.Rpc.Handle(RpcMethod.RecallLease, RecallLease);
        link.Rpc.Handle(RpcMethod.Nominate, Nominate);
        _flushing = Task.Run(FlushLoopAsync);
        _watching = Task.Run(() => new DiskWatchdog(store, () => _groups.Values, Fail, _logger, time).RunAsync(_stop.Token));
        _ = WatchStoreAsync();
    }

    /// <summary>This node as a member of groups: its id and the incarnation of its log store.</summary>
    public NodeEndPoint Self { get; }

    /// <summary>The groups that this node has taken part in, as stored when the host was opened.</summary>
    public IReadOnlyCollection<ushort> StoredGroups => _store.Groups;

    /// <summary>Groups whose replica was removed from this node (<see cref="RemoveGroupAsync"/>) and has not come back.</summary>
    public IReadOnlyCollection<ushort> RemovedGroups => _store.RemovedGroups;

    /// <summary>
    /// This node as a member of a group: after its replica was removed and came back it is another one there than <see cref="Self"/>, because the former one has voted and acknowledged what the
    /// present one knows nothing of.
    /// </summary>
    public NodeEndPoint SelfIn(ushort group) => new(_options.Self, _store.ReplicaOf(group).Incarnation);

    /// <summary>True when something of a group is or was here: it was opened on this node before.</summary>
    public bool HasKnown(ushort group) => _store.Groups.Contains(group) || _store.ReplicaOf(group).Incarnation != _store.Incarnation || _store.ReplicaOf(group).IsRemoved;

    /// <summary>Completes with the cause when this node must not go on: its disk has failed, or a replica is not what its log says. The process has to end.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>How fast states are shipped to other nodes, and taken over from them.</summary>
    public ShippingPace Pace { get; }

    /// <summary>Figures of the log store.</summary>
    public RaftLogStatistics LogStatistics => _store.Statistics;

    /// <summary>
    /// Opens the log store. Throws <see cref="Storage.StorageUnavailableException"/>, <see cref="Storage.StorageCorruptException"/>, or
    /// <see cref="ArgumentException"/> when options contradict each other.
    /// </summary>
    /// <param name="options">What to open.</param>
    /// <param name="link">The node link, not yet started.</param>
    /// <param name="loggers">For logs.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="between">Puts a device between the log store's writer and its database; null in production.</param>
    public static ConsensusHost Open(
        ConsensusHostOptions options, NodeLinkHost link, ILoggerFactory loggers, TimeProvider? time = null, Func<IRaftLogDevice, IRaftLogDevice>? between = null)
    {
        options.Groups.Validate();
        time ??= TimeProvider.System;
        var store = RaftLogStore.Open(LogDirectory(options.Directory), options.LogStore, time, between);
        return new ConsensusHost(options, store, link, loggers, time);
    }

    /// <summary>Where the log store of a data directory is.</summary>
    public static string LogDirectory(string directory) => Path.Combine(directory, "log");

    /// <summary>
    /// Opens a group with its state machine and takes part in it. <paramref name="initialMembers"/> counts only for a group that this node knows nothing of: it is
    /// the same list on all of them. Empty: the node is passive until a leader adds it. A group that was removed from this node comes back as another member (<see cref="SelfIn"/>); the state machine
    /// must be empty then.
    /// </summary>
    public async Task<IShardLog> CreateGroupAsync(
        ushort group, IReadOnlyList<NodeEndPoint> initialMembers, IReplicatedStateMachine machine, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (!_taken.TryAdd(group, true))
        {
            throw new InvalidOperationException($"group {group} is open already");
        }

        try
        {
            await WaitOutFormerTrustAsync(cancellation).ConfigureAwait(false);
            if (_store.ReplicaOf(group).IsRemoved)
            {
                await _store.BeginAnew(group, _context.Time.GetUtcNow().ToUnixTimeSeconds()).ConfigureAwait(false);
            }

            return _groups[group] = await ShardLog.OpenAsync(_context with { Self = SelfIn(group) }, group, initialMembers, machine, cancellation).ConfigureAwait(false);
        }
        catch
        {
            _taken.TryRemove(group, out _);
            throw;
        }
    }

    /// <summary>Ends taking part in a group; what is stored stays.</summary>
    public async Task CloseGroupAsync(ushort group)
    {
        if (_groups.TryGetValue(group, out var open))
        {
            // Once it is not in the table, a leader that takes its leases back is told that there are none.
            open.RecallLease(long.MaxValue, long.MaxValue);
        }

        if (_groups.TryRemove(group, out var shard))
        {
            await shard.DisposeAsync().ConfigureAwait(false);
            _taken.TryRemove(group, out _);
        }
    }

    /// <summary>
    /// Ends taking part in a group of which this node is no member any more, and forgets its log, term and vote, durably when the task ends. Only for a replica that a majority does without: what it has
    /// acknowledged is gone. The state is the caller's to delete, afterwards.
    /// </summary>
    public async Task RemoveGroupAsync(ushort group)
    {
        await CloseGroupAsync(group).ConfigureAwait(false);
        await _store.RemoveGroup(group).ConfigureAwait(false);
        File.Delete(ShardLog.ForcingMarkOf(_context, group)); // it would keep the next replica from proposing
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_flushing, _watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var group in _groups.Keys)
        {
            await CloseGroupAsync(group).ConfigureAwait(false);
        }

        _store.Dispose();
        _stop.Dispose();
    }

    // A restarted node has forgotten from which leader it heard last, and would vote against it at once, while that leader still answers reads on this
    // node's word (ReadBarrier).
    private async ValueTask WaitOutFormerTrustAsync(CancellationToken cancellation)
    {
        var rest = (_options.Groups.ElectionTimeout / 2) - Stopwatch.GetElapsedTime(_openedAt);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadPieceAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var (group, serial, number) = SnapshotPieceFormat.ParseRequest(request.Span);
        return _groups.TryGetValue(group, out var shard)
            ? await shard.ReadPieceAsync(from, serial, number, cancellation).ConfigureAwait(false)
            : SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Gone);
    }

    private async ValueTask<ReadOnlyMemory<byte>> AskLeaseAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
        _groups.TryGetValue(LeaseFormat.ParseAsk(request.Span), out var shard) ? await shard.GiveLeaseAsync(from, cancellation).ConfigureAwait(false) : ReadOnlyMemory<byte>.Empty;

    private ValueTask<ReadOnlyMemory<byte>> RecallLease(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var (group, term, serial) = LeaseFormat.ParseRecall(request.Span);
        if (_groups.TryGetValue(group, out var shard))
        {
            shard.RecallLease(term, serial);
        }

        return ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);
    }

    private ValueTask<ReadOnlyMemory<byte>> Nominate(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (request.Length == sizeof(ushort) && _groups.TryGetValue(BitConverter.ToUInt16(request.Span), out var shard))
        {
            shard.Nominate();
        }

        return ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);
    }

    private async Task FlushLoopAsync()
    {
        using var timer = new PeriodicTimer(_options.Groups.SyncInterval, _context.Time);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            foreach (var shard in _groups.Values)
            {
                shard.BeginFlush();
            }
        }
    }

    private async Task WatchStoreAsync()
    {
        var cause = await _store.Failed.ConfigureAwait(false);
        ConsensusLog.StoreFailed(_logger, cause, _store.Path);
        Fail(cause);
    }

    private void Fail(Exception cause) => _failed.TrySetResult(cause);
}

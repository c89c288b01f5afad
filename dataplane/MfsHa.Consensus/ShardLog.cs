using System.Threading.Channels;
using MfsHa.Consensus.Apply;
using MfsHa.Consensus.Commands;
using MfsHa.Consensus.Log;
using MfsHa.Consensus.Membership;
using MfsHa.Consensus.Reads;
using MfsHa.Consensus.Snapshots;
using MfsHa.NodeLink;
using MfsHa.Storage;
using MfsHa.Storage.RaftLog;
using Microsoft.Extensions.Logging;

namespace MfsHa.Consensus;

/// <summary>One group on this node: wires log, state machine and DotNext's election and replication together.</summary>
internal sealed partial class ShardLog : IShardLog, IAsyncDisposable
{
    private readonly GroupContext _context;
    private readonly ILogger _logger;
    private readonly IReplicatedStateMachine _machine;
    private readonly GroupConfigurationStorage _members;
    private readonly GroupLog _log;
    private readonly ApplyLoop _apply;
    private readonly SnapshotSource _source;
    private readonly StateInstallation _installation;
    private readonly GroupCluster _cluster;
    private readonly Proposer _proposer;
    private readonly ReadBarrier _reads;
    private readonly ReadLeases _leases;
    private readonly ProposalMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _leadershipWake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Task _readiness = Task.CompletedTask;
    private Task _publishing = Task.CompletedTask;
    private Task _flushing = Task.CompletedTask;
    private int _disposed;

    private ShardLog(GroupContext context, ushort group, IReplicatedStateMachine machine, RaftGroupRecord record)
    {
        _context = context;
        _machine = machine;
        _logger = context.Loggers.CreateLogger("MfsHa.Consensus");
        _members = new GroupConfigurationStorage(group, context.Store, record.Configuration);
        _log = new GroupLog(group, context.Self.Node, context.Store, record, machine.AppliedIndex, GroupClusterSetup.PrepareIdleDirectory(context, group), context.Options, context.Formats, context.Time);
        _cluster = GroupClusterSetup.Create(context, group, _members, _log);
        _reads = new ReadBarrier(group, _log, _cluster, context.Options.ElectionTimeout / 2, () => Leadership, _stop.Token);
        _leases = new ReadLeases(group, _log, _reads, context.Rpc, () => Leadership, n => _members.Members.Any(m => m.Node == n), context.Options, _stop.Token);
        _proposer = new Proposer(group, context.Options, _cluster, _leases, () => Leadership, context.Time, _stop.Token);
        _metrics = new ProposalMetrics(group);
        _apply = new ApplyLoop(_log, machine, _members, context.Formats, CommittedHere, Break);
        _source = new SnapshotSource(_log, _apply);
        _installation = new StateInstallation(_log, _apply, context.Store, context.Rpc, context.Formats, context.Pace.Incoming, _logger);

        _log.Committed = _apply.Wake;
        _log.RoundWanted = WantRound;
        _log.Broken = Break;
        _log.BeforeVote = _leases.WaitForEndAsync;
        _log.Voters = () => Math.Max(_members.Members.Count, _cluster.Members.Count);
        _log.AdoptOvertaken = AdoptOvertakenAsync;
        _log.FetchedState = () => _source.Fetched;
        _log.Install = _installation.InstallAsync;
        _log.OwnDiskWasLast = OwnDiskWasLast;
    }

    /// <inheritdoc/>
    public ushort Group => _log.Group;

    /// <inheritdoc/>
    public long AppliedIndex => _log.AppliedIndex;

    /// <inheritdoc/>
    public LogExtent Extent
    {
        get
        {
            // The committed one first: the last one may only grow meanwhile.
            var committed = _log.CommitIndex;
            return new LogExtent(committed, Math.Max(committed, _log.LastIndex));
        }
    }

    /// <inheritdoc/>
    public LogEnd End => _log.End;

    /// <inheritdoc/>
    public IReadOnlyList<NodeEndPoint> Members => _members.Members;

    /// <summary>Opens the group and takes part in it. A group without log and without initial members stays passive until a leader adds this node.</summary>
    public static async Task<ShardLog> OpenAsync(
        GroupContext context, ushort group, IReadOnlyList<NodeEndPoint> initialMembers, IReplicatedStateMachine machine, CancellationToken cancellation)
    {
        var record = await RecoverAsync(context.Store, group, machine).ConfigureAwait(false);
        var shard = new ShardLog(context, group, machine, record);
        try
        {
            if (shard._members.IsUnknown && initialMembers.Count > 0)
            {
                if (record.LastIndex > 0)
                {
                    throw new StorageCorruptException(context.Store.Path, $"group {group} has a log but no members");
                }

                await shard._members.BeginAsync(initialMembers, cancellation).ConfigureAwait(false);
            }

            shard.OpenForcing();
            ConsensusLog.Opened(shard._logger, group, record.HardState.Term, record.Mark.Index + 1, record.LastIndex, machine.AppliedIndex);
            await shard.StartAsync(cancellation).ConfigureAwait(false);
            return shard;
        }
        catch
        {
            await shard.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<object> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation) =>
        _forcing is { } forcing ? ProposeForcedAsync(forcing.Task, command, cancellation) : _proposer.ProposeAsync(command.Span, cancellation);

    /// <inheritdoc/>
    public CommandHold Hold(ReadOnlyMemory<byte> last, TimeSpan limit) => _proposer.Hold(last.Span, limit, _stop.Token);

    /// <inheritdoc/>
    public ValueTask ReadBarrierAsync(CancellationToken cancellation) => _reads.WaitAsync(cancellation);

    /// <inheritdoc/>
    public bool IsCurrentFollower() => _leases.IsCurrent();

    /// <summary>Answers a follower that asks for a read lease.</summary>
    public ValueTask<byte[]> GiveLeaseAsync(NodeId follower, CancellationToken cancellation) => _leases.AnswerAsync(follower, cancellation);

    /// <summary>The leader takes read leases back.</summary>
    public void RecallLease(long term, long serial) => _leases.Recall(term, serial);

    /// <summary>Answers a follower that fetches this group's state; a piece as soon as the node's pace allows it.</summary>
    public ValueTask<byte[]> ReadPieceAsync(NodeId follower, long serial, int number, CancellationToken cancellation)
    {
        if (number == SnapshotPieceFormat.Open)
        {
            return _source.AnswerAsync(follower, serial, number, 0, cancellation);
        }

        _source.NoteAsked(follower, serial);
        return _context.Pace.ShipAsync(maxBytes => _source.AnswerAsync(follower, serial, number, maxBytes, cancellation), cancellation);
    }

    /// <summary>Begins to make the state durable and to cut the log behind it, unless that is still under way.</summary>
    public void BeginFlush()
    {
        if (_flushing.IsCompleted)
        {
            _flushing = Task.Run(FlushAsync);
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            await FlushAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            Break(e);
        }
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        await _source.SweepAsync(cancellation).ConfigureAwait(false);
        var flush = await _apply.RunAsync(machine => ValueTask.FromResult(machine.FlushAsync(cancellation).AsTask()), cancellation).ConfigureAwait(false);
        await flush.ConfigureAwait(false);
        _log.CutHead(_machine.DurableIndex, _source.HoldIndex);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _installation.DisposeAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
        _leadershipWake.Writer.TryComplete();
        await _readiness.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _proposer.RejectQueued();
        _log.EndWaiting(new ObjectDisposedException($"group {Group}"));
        await _source.DisposeAsync().ConfigureAwait(false);
        await _apply.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        await _change.WaitAsync().ConfigureAwait(false);
        _change.Dispose();
        _proposer.Dispose();
        _members.Dispose();
        _stop.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        _cluster.LeaderChanged += OnLeaderChanged;
        await AdoptOvertakenAsync(cancellation).ConfigureAwait(false);
        _apply.Start();
        await _cluster.StartAsync(cancellation).ConfigureAwait(false);
        _readiness = Task.Run(TrackReadinessAsync, CancellationToken.None);
        _publishing = Task.Run(PublishLeadershipAsync, CancellationToken.None);
    }

    // What a crash in the middle of an installation has left; and whether log and state belong together.
    private static async Task<RaftGroupRecord> RecoverAsync(RaftLogStore store, ushort group, IReplicatedStateMachine machine)
    {
        await store.LastWrite().ConfigureAwait(false);
        var record = store.Load(group);
        var applied = machine.AppliedIndex;
        if (record.Install is { } installed && installed.Index == applied && record.Mark.Index < applied)
        {
            await store.Reset(group, installed).ConfigureAwait(false);
            record = record with { Mark = installed, LastIndex = installed.Index, Install = null };
        }

        if (applied < record.Mark.Index || applied > record.LastIndex)
        {
            throw new StorageCorruptException(
                store.Path, $"group {group}: the state is at {applied}, but the log has {record.Mark.Index + 1}..{record.LastIndex}; the replica has to be replaced");
        }

        return record;
    }

    private void Break(Exception cause)
    {
        ConsensusLog.Broken(_logger, cause, Group);
        _context.Broken(cause);
    }

    private void CommittedHere(ProposalBatch batch)
    {
        if (batch.IsAppended)
        {
            _reads.Confirmed(batch.Term, batch.AppendedAt);
            _metrics.Committed(batch);
        }
    }

    // Every commit of a batch proves leadership as well as a round for reads does: a majority took it, and it did not exist before it was appended.
    private void WantRound() => _ = RoundAsync();

    private async Task RoundAsync()
    {
        try
        {
            await _cluster.ForceReplicationAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DotNext.Net.Cluster.Consensus.Raft.NotLeaderException or OperationCanceledException or ObjectDisposedException)
        {
            // Another node leads, or the group ends: no round is needed here.
        }
    }
}

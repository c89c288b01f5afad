using System.Diagnostics;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.NodeLink;

namespace MfsHa.Consensus;

// Who leads, and giving it away.
internal sealed partial class ShardLog
{
    private static readonly TimeSpan ReadinessRetry = TimeSpan.FromMilliseconds(1);

    /// <summary>For so long every commit had to wait for this node's disk alone: the others have faster ones.</summary>
    private static readonly TimeSpan SlowestDiskSpan = TimeSpan.FromSeconds(3);

    private Published _published = new(default);
    private long _readyTerm = -1;
    private long _ownDiskLastSince;

    /// <inheritdoc/>
    public event Action<Leadership>? LeadershipChanged;

    /// <inheritdoc/>
    public Leadership Leadership => Volatile.Read(ref _published).Value;

    /// <inheritdoc/>
    public async ValueTask ResignAsync(CancellationToken cancellation)
    {
        // Without this the members would be without this node's vote until its leases have ended.
        var change = _leases.BeginChangeAsync();
        try
        {
            await change.ConfigureAwait(false);
            await _cluster.ResignHereAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _leases.EndChange();
        }
    }

    /// <inheritdoc/>
    public async ValueTask HandOverAsync(NodeId to, CancellationToken cancellation)
    {
        if (Leadership.IsReady && to != _context.Self.Node)
        {
            await _context.Rpc.CallAsync(to, RpcMethod.Nominate, BitConverter.GetBytes(Group), cancellation).ConfigureAwait(false);

            // All hear the last word at the same moment: a member that heard it later would refuse the named one.
            await RoundAsync().ConfigureAwait(false);
            await ResignAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void StandBack(bool isWanted) => _cluster.StandsBack = isWanted;

    /// <summary>The leader wants this member to stand first in the election that it is about to cause.</summary>
    public void Nominate() => _cluster.Nominate();

    /// <summary>Takes no part in elections as a candidate, and does not lead.</summary>
    public async Task StandByAsync(CancellationToken cancellation)
    {
        await ResignAsync(cancellation).ConfigureAwait(false);
        await _cluster.EnableStandbyModeAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends <see cref="StandByAsync"/>.</summary>
    public async Task EndStandByAsync(CancellationToken cancellation) => await _cluster.RevertToNormalModeAsync(cancellation).ConfigureAwait(false);

    // Called by DotNext in the middle of a transition, under its lock: nothing may wait here.
    private void OnLeaderChanged(RaftCluster<RaftClusterMember> cluster, RaftClusterMember? leader)
    {
        if (leader is { IsRemote: false })
        {
            // The first round finds the followers' logs too short by the new leader's entry; without a second one the group would wait for a heartbeat.
            WantRound();
        }

        _leadershipWake.Writer.TryWrite(true);
    }

    // A leader is ready when it has applied its own first entry: then it has applied all that its predecessors acknowledged.
    private async Task TrackReadinessAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var leads = await _cluster.WaitForLeadershipAsync(_stop.Token).ConfigureAwait(false);

                // Not the log's term: that may already be a successor's. A group of one leads without an election, in the term it has.
                var term = Members.Count > 1 ? _log.LeaderTerm : _log.Term;
                if (leads.IsCancellationRequested)
                {
                    await Task.Delay(ReadinessRetry, _stop.Token).ConfigureAwait(false);
                    continue;
                }

                SetReady(term);
                await UntilCancelledAsync(leads).ConfigureAwait(false);
                SetReady(-1);
                _proposer.RejectQueued();
            }
            catch (Exception e)
            {
                SetReady(-1);
                if (!_stop.IsCancellationRequested)
                {
                    Break(e);
                }

                return;
            }
        }
    }

    private void SetReady(long term)
    {
        Volatile.Write(ref _readyTerm, term);
        _leadershipWake.Writer.TryWrite(true);
    }

    // The only place that raises the event: in order, and one at a time.
    private async Task PublishLeadershipAsync()
    {
        while (await _leadershipWake.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _leadershipWake.Reader.TryRead(out _);
            var term = _log.Term;
            var ready = Volatile.Read(ref _readyTerm) == term;
            var leader = ready ? _context.Self.Node : (_cluster.Leader?.EndPoint as NodeEndPoint)?.Node ?? NodeId.None;
            var now = new Leadership(leader, term, ready);
            if (now == Leadership)
            {
                continue;
            }

            Volatile.Write(ref _published, new Published(now));
            if (leader == NodeId.None)
            {
                ConsensusLog.NoLeader(_logger, Group, term);
            }
            else
            {
                ConsensusLog.LeadershipChanged(_logger, Group, leader, term, ready);
            }

            Raise(now);
        }
    }

    private void Raise(Leadership now)
    {
        try
        {
            LeadershipChanged?.Invoke(now);
        }
        catch (Exception e)
        {
            ConsensusLog.StepFailed(_logger, Group, "a handler of LeadershipChanged", e.Message);
        }
    }

    private void OwnDiskWasLast(bool wasLast)
    {
        if (!wasLast)
        {
            _ownDiskLastSince = 0;
            return;
        }

        if (_ownDiskLastSince == 0)
        {
            _ownDiskLastSince = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(_ownDiskLastSince) > SlowestDiskSpan)
        {
            _ownDiskLastSince = 0;
            ConsensusLog.DiskIsSlowest(_logger, Group, SlowestDiskSpan);
            _ = ResignQuietlyAsync();
        }
    }

    private async Task ResignQuietlyAsync()
    {
        try
        {
            await ResignAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // the group ends
        }
    }

    private async Task UntilCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), cancelled).ConfigureAwait(false);
        await cancelled.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
    }

    // A whole leadership is read at once, without a lock.
    private sealed record Published(Leadership Value);
}

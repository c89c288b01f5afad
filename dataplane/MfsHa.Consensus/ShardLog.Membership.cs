using MfsHa.NodeLink;

namespace MfsHa.Consensus;

// Changes of the members.
internal sealed partial class ShardLog
{
    private static readonly TimeSpan CatchUpRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxCatchUp = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(5);
    private readonly SemaphoreSlim _change = new(1);

    /// <inheritdoc/>
    public async Task<bool> AddMemberAsync(NodeEndPoint member, CancellationToken cancellation)
    {
        var begun = _context.Time.GetTimestamp();
        while (!Members.Contains(member))
        {
            // One attempt is a few rounds of replication, too few for a large state: what it has begun goes on, the next attempt finds it further.
            if (await ChangeAsync(() => !Members.Contains(member), () => _cluster.AddMemberAsync(member, _stop.Token), cancellation).ConfigureAwait(false))
            {
                return true;
            }

            if (_context.Time.GetElapsedTime(begun) > MaxCatchUp)
            {
                return false;
            }

            await Task.Delay(CatchUpRetry, _context.Time, cancellation).ConfigureAwait(false);
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NodeEndPoint>> ConfirmMembersAsync(CancellationToken cancellation)
    {
        // Behind the barrier every change that former leaders have committed is applied here. One that is only in this log may still become true.
        await _reads.WaitAsync(cancellation).ConfigureAwait(false);
        return _change.CurrentCount == 0 || _log.HasPendingConfiguration ? throw new ProposalRejectedException(Group, "a change of members is under way") : Members;
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveMemberAsync(NodeEndPoint member, CancellationToken cancellation)
    {
        try
        {
            return !Members.Contains(member)
                || await ChangeAsync(() => Members.Contains(member), () => _cluster.RemoveMemberAsync(member, _stop.Token), cancellation).ConfigureAwait(false);
        }
        catch (NotLeaderException) when (!Members.Contains(member))
        {
            return true; // a leader that removes itself does not lead any more when it is done
        }
    }

    // One change at a time, each behind the former one: DotNext makes the new list of the list it finds when it begins, and counts by a list that it takes over a
    // moment after the entry was applied. Whoever asked may go; a change that has begun is not given up, because its entry may be in the log.
    private async Task<bool> ChangeAsync(Func<bool> isNeeded, Func<Task<bool>> change, CancellationToken cancellation)
    {
        await _change.WaitAsync(cancellation).ConfigureAwait(false);
        var changing = Task.Run(
            async () =>
            {
                try
                {
                    await SettleMembersAsync().ConfigureAwait(false);
                    return !isNeeded() || (await change().ConfigureAwait(false) && await SettleMembersAsync().ConfigureAwait(false));
                }
                catch (DotNext.Net.Cluster.Consensus.Raft.NotLeaderException)
                {
                    throw new NotLeaderException(Group, Leadership.Leader);
                }
                finally
                {
                    _change.Release();
                }
            },
            CancellationToken.None);
        return await changing.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Returns when every change of members in the log is committed, applied here, and what DotNext counts by; then a whole round has been counted by it.</summary>
    private async Task<bool> SettleMembersAsync()
    {
        while (_log.HasPendingConfiguration || !_members.Members.ToHashSet().SetEquals(_cluster.Members.Select(static m => (NodeEndPoint)m.EndPoint)))
        {
            if (!Leadership.IsReady)
            {
                throw new NotLeaderException(Group, Leadership.Leader);
            }

            await Task.Delay(SettlePause, _context.Time, _stop.Token).ConfigureAwait(false);
        }

        // The round that is under way may have begun with the former list; the one after it has not.
        for (var round = 0; round < 2 && Members.Contains(_context.Self); round++)
        {
            await _cluster.ForceReplicationAsync(_stop.Token).ConfigureAwait(false);
        }

        return true;
    }

    private async ValueTask AdoptOvertakenAsync(CancellationToken cancellation)
    {
        if (_log.OvertakenConfiguration() is { } overtaken)
        {
            await _members.ApplyAsync(overtaken.Payload, overtaken.Index, cancellation).ConfigureAwait(false);
        }
    }
}

using MfsHa.NodeLink;

namespace MfsHa.Consensus;

// Changes of the members.
internal sealed partial class ShardLog
{
    private static readonly TimeSpan CatchUpRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxCatchUp = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public async Task<bool> AddMemberAsync(NodeEndPoint member, CancellationToken cancellation)
    {
        var begun = _context.Time.GetTimestamp();
        while (!Members.Contains(member))
        {
            // One attempt is a few rounds of replication, too few for a large state: what it has begun goes on, the next attempt finds it further.
            if (await AttemptAsync(() => _cluster.AddMemberAsync(member, cancellation)).ConfigureAwait(false))
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
    public async Task<bool> RemoveMemberAsync(NodeEndPoint member, CancellationToken cancellation)
    {
        try
        {
            return !Members.Contains(member) || await AttemptAsync(() => _cluster.RemoveMemberAsync(member, cancellation)).ConfigureAwait(false);
        }
        catch (NotLeaderException) when (!Members.Contains(member))
        {
            return true; // a leader that removes itself does not lead any more when it is done
        }
    }

    private async Task<bool> AttemptAsync(Func<Task<bool>> change)
    {
        try
        {
            return await change().ConfigureAwait(false);
        }
        catch (DotNext.Net.Cluster.Consensus.Raft.NotLeaderException)
        {
            throw new NotLeaderException(Group, Leadership.Leader);
        }
    }
}

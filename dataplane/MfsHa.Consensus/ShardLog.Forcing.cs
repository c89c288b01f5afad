using MfsHa.Consensus.Membership;
using MfsHa.Storage;

namespace MfsHa.Consensus;

// Going on alone after the others are lost for good.
internal sealed partial class ShardLog
{
    private static readonly TimeSpan ForcedLeadershipLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ForcedLeadershipPause = TimeSpan.FromMilliseconds(10);

    // Set while nothing but the first command of a forced quorum may be proposed.
    private volatile TaskCompletionSource? _forcing;

    // On disk for as long: a process that is started again in between must not propose anything else either.
    private string ForcingMark => ForcingMarkOf(_context, Group);

    /// <summary>Where the mark of a group is.</summary>
    public static string ForcingMarkOf(GroupContext context, ushort group) => Path.Combine(Path.GetDirectoryName(context.IdleDirectory)!, $"forcing-quorum-of-group-{group}");

    /// <inheritdoc/>
    public bool IsForcing => _forcing is not null;

    /// <inheritdoc/>
    public async Task<object> ForceAloneAsync(ReadOnlyMemory<byte> first, CancellationToken cancellation)
    {
        await _change.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            MarkForcing();
            if (Members is not [var only] || !only.Equals(_context.Self))
            {
                // As if it came behind everything that the log holds: a change of members in its unfinished end is one of the former majority, and must not count when it is applied.
                var version = Math.Max(_log.LastIndex, _members.Version + 1);
                ConsensusLog.Forced(_logger, Group, string.Join(", ", Members), _context.Self, _log.LastIndex, _log.CommitIndex);
                await _members.ApplyAsync(MemberCodec.Encode([_context.Self]), version, cancellation).ConfigureAwait(false);
            }

            await LeadAloneAsync(cancellation).ConfigureAwait(false);
            var result = await _proposer.ProposeAsync(first.Span, cancellation).ConfigureAwait(false);
            File.Delete(ForcingMark);
            DirectorySync.Sync(Path.GetDirectoryName(ForcingMark)!);
            EndForcing();
            return result;
        }
        finally
        {
            _change.Release();
        }
    }

    private async Task LeadAloneAsync(CancellationToken cancellation)
    {
        var begun = _context.Time.GetTimestamp();
        while (!Leadership.IsReady || _cluster.Members.Count != 1)
        {
            if (_context.Time.GetElapsedTime(begun) > ForcedLeadershipLimit)
            {
                throw new TimeoutException($"this node does not lead group {Group} after {ForcedLeadershipLimit.TotalSeconds:0} s");
            }

            await Task.Delay(ForcedLeadershipPause, _context.Time, cancellation).ConfigureAwait(false);
        }
    }

    private void MarkForcing()
    {
        using (var mark = new FileStream(ForcingMark, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            mark.Flush(flushToDisk: true);
        }

        // Without its name the mark would not outlast a power loss, but the change of members would.
        DirectorySync.Sync(Path.GetDirectoryName(ForcingMark)!);
        _forcing ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void OpenForcing()
    {
        if (File.Exists(ForcingMark))
        {
            ConsensusLog.ForcingUnfinished(_logger, Group);
            _forcing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void EndForcing()
    {
        var forcing = _forcing;
        _forcing = null;
        forcing?.TrySetResult();
    }

    private async ValueTask<object> ProposeForcedAsync(Task forced, ReadOnlyMemory<byte> command, CancellationToken cancellation)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        await forced.WaitAsync(ends.Token).ConfigureAwait(false);
        return await _proposer.ProposeAsync(command.Span, cancellation).ConfigureAwait(false);
    }
}

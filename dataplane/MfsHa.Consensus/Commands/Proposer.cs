using MfsHa.Consensus.Log;
using MfsHa.NodeLink;

namespace MfsHa.Consensus.Commands;

/// <summary>
/// Collects commands into entries. While nothing is under way a command goes out at once; while something is, commands gather, because the library
/// replicates one round at a time and what comes meanwhile fits into one entry of the next round.
/// </summary>
internal sealed class Proposer(ushort group, ConsensusOptions options, GroupCluster cluster, Func<Leadership> leadership, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private readonly Queue<ProposalBatch> _sealed = new();
    private ProposalBatch? _open;
    private int _queued;
    private int _inFlight;

    public ValueTask<object> ProposeAsync(ReadOnlySpan<byte> command, CancellationToken cancellation)
    {
        if (command.Length > options.MaxCommandBytes)
        {
            throw new ArgumentException($"a command of {command.Length} bytes, allowed are {options.MaxCommandBytes}");
        }

        cancellation.ThrowIfCancellationRequested();
        if (!leadership().IsReady)
        {
            throw new ProposalRejectedException(group, "this node does not lead");
        }

        var proposal = new Proposal(cancellation);
        ProposalBatch? next;
        lock (_gate)
        {
            if (_queued >= options.MaxQueuedCommands)
            {
                throw new ProposalRejectedException(group, $"{_queued} commands wait already");
            }

            if (_open is { } open && !open.HasRoom(command.Length))
            {
                _sealed.Enqueue(open);
                _open = null;
            }

            _open ??= new ProposalBatch(options.MaxCommandsPerEntry, options.MaxBytesPerEntry);
            _open.Add(command, proposal);
            _queued++;
            next = TakeNext();
        }

        if (next is not null)
        {
            _ = SendAsync(next);
        }

        return proposal.Task;
    }

    /// <summary>Rejects what waits: this node does not lead any more.</summary>
    public void RejectQueued()
    {
        List<ProposalBatch> rejected;
        lock (_gate)
        {
            rejected = [.. _sealed];
            _sealed.Clear();
            if (_open is { } open)
            {
                rejected.Add(open);
                _open = null;
            }

            _queued = 0;
        }

        foreach (var batch in rejected)
        {
            batch.Fail(new ProposalRejectedException(group, "this node does not lead any more"));
        }
    }

    // The lock is held.
    private ProposalBatch? TakeNext()
    {
        if (_inFlight >= options.MaxEntriesInFlight)
        {
            return null;
        }

        if (!_sealed.TryDequeue(out var next))
        {
            if (_open is null || (_inFlight > 0 && !_open.IsFull))
            {
                return null;
            }

            next = _open;
            _open = null;
        }

        _queued -= next.Count;
        _inFlight++;
        return next;
    }

    private async Task SendAsync(ProposalBatch batch)
    {
        while (true)
        {
            await ReplicateAsync(batch).ConfigureAwait(false);
            lock (_gate)
            {
                _inFlight--;
                if (TakeNext() is not { } next)
                {
                    return;
                }

                batch = next;
            }
        }
    }

    // Success is told by the apply loop, with the results. Here only what prevents it.
    private async ValueTask ReplicateAsync(ProposalBatch batch)
    {
        try
        {
            await cluster.ReplicateAsync(new CommandEntry(leadership().Term, batch), stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            batch.Fail(batch.IsAppended
                ? new NotLeaderException(group, leadership().Leader)
                : new ProposalRejectedException(group, e.Message));
        }
    }
}

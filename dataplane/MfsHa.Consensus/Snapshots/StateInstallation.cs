using MfsHa.Consensus.Apply;
using MfsHa.Consensus.Log;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Formats;
using MfsHa.Storage.RaftLog;
using Microsoft.Extensions.Logging;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// The follower's side: fetches a peer's state in the background and makes it the own one. DotNext's request only starts it and looks
/// whether it is done; requests that time out meanwhile are repeated by the leader and find the same transfer under way.
/// </summary>
internal sealed class StateInstallation(GroupLog log, ApplyLoop apply, RaftLogStore store, INodeRpc rpc, FormatGate formats, Places places, ILogger logger) : IAsyncDisposable
{
    /// <summary>Below DotNext's request timeout, so that the request ends here and not by a broken connection.</summary>
    private static readonly TimeSpan MaxWaitInRequest = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Transfer? _transfer;

    /// <summary>Returns when this replica has a state that reaches at least to the offered entry.</summary>
    public async ValueTask InstallAsync(ReadOnlyMemory<byte> bytes, long index, CancellationToken cancellation)
    {
        var offer = SnapshotOffer.Parse(bytes.Span);
        if (offer.Index != index)
        {
            throw new InvalidDataException($"a snapshot at {index} offers a state at {offer.Index}");
        }

        formats.Admit(offer.Level, $"the state of group {log.Group} that node {offer.Holder} ships");
        if (log.AdoptCommitted(index, offer.Term))
        {
            return;
        }

        var transfer = await JoinAsync(offer.Holder, cancellation).ConfigureAwait(false);
        await transfer.Task.WaitAsync(MaxWaitInRequest, cancellation).ConfigureAwait(false);
        if (!log.AdoptCommitted(index, offer.Term))
        {
            throw new InvalidOperationException($"the state that was taken over ends before {index}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_transfer is { } transfer)
        {
            await transfer.EndAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private async ValueTask<Transfer> JoinAsync(NodeId holder, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_transfer is { Task.IsCompleted: false } current)
            {
                if (current.Holder == holder)
                {
                    return current;
                }

                await current.EndAsync().WaitAsync(cancellation).ConfigureAwait(false); // another leader offers its own
            }

            _stop.Token.ThrowIfCancellationRequested();
            var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            return _transfer = new Transfer(holder, cancel, Task.Run(() => TransferAsync(holder, cancel.Token), CancellationToken.None));
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task TransferAsync(NodeId holder, CancellationToken cancellation)
    {
        try
        {
            using var place = await places.EnterAsync(cancellation).ConfigureAwait(false);
            ConsensusLog.InstallBegins(logger, log.Group, holder);
            var fetcher = new StateFetcher(rpc, log.Group, holder);
            var state = await fetcher.OpenAsync(cancellation).ConfigureAwait(false);
            formats.Admit(state.Level, $"the state of group {log.Group} that node {holder} ships");
            if (state.End.Index <= log.AppliedIndex)
            {
                return; // caught up by the log meanwhile
            }

            var installer = await apply.RunAsync(
                machine => ValueTask.FromResult(machine.BeginInstall(state.End.Index, state.End.Term)), cancellation).ConfigureAwait(false);
            await using (installer.ConfigureAwait(false))
            {
                var size = await fetcher.FetchAsync(state, installer, cancellation).ConfigureAwait(false);
                using var done = new CancellationTokenSource();
                var keepAlive = fetcher.KeepAliveAsync(state, done.Token);
                await CompleteAsync(state.End, installer).ConfigureAwait(false);
                await done.CancelAsync().ConfigureAwait(false);
                await keepAlive.ConfigureAwait(false);
                ConsensusLog.Installed(logger, log.Group, state.End.Index, size);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            ConsensusLog.InstallFailed(logger, log.Group, holder, e.Message);
            throw;
        }
    }

    // Between two entries. Once begun it is not given up: the log store notes it, and after a crash only the state can say whether it was done.
    private Task<bool> CompleteAsync(RaftLogMark end, IStateInstaller installer) =>
        apply.RunAsync(
            async _ =>
            {
                if (end.Index <= log.AppliedIndex)
                {
                    return false; // caught up by the log meanwhile
                }

                await store.BeginInstall(log.Group, end).ConfigureAwait(false);
                await installer.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
                await log.ResetAsync(end).ConfigureAwait(false);
                return true;
            },
            CancellationToken.None,
            isCritical: true);

    private sealed record Transfer(NodeId Holder, CancellationTokenSource Cancel, Task Task)
    {
        // The source is left to the collector: it may be cancelled at any time from here and from its parent, and holds nothing else.
        public async Task EndAsync()
        {
            await Cancel.CancelAsync().ConfigureAwait(false);
            await Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

using MfsHa.Consensus.Apply;
using MfsHa.Consensus.Log;
using MfsHa.NodeLink;
using MfsHa.Storage.RaftLog;
using Microsoft.Extensions.Logging;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// The follower's side: fetches a peer's state in the background and makes it the own one. DotNext's request only starts it and looks
/// whether it is done; requests that time out meanwhile are repeated by the leader and find the same transfer under way.
/// </summary>
internal sealed class StateInstallation(GroupLog log, ApplyLoop apply, RaftLogStore store, INodeRpc rpc, ILogger logger) : IAsyncDisposable
{
    /// <summary>Below DotNext's request timeout, so that the request ends here and not by a broken connection.</summary>
    private static readonly TimeSpan MaxWaitInRequest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PieceDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromSeconds(3);
    private const int MaxRetries = 50;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Transfer? _transfer;

    /// <summary>True while a state is being fetched.</summary>
    public bool IsActive => _transfer is { Task.IsCompleted: false };

    /// <summary>Returns when the state that <paramref name="bytes"/> refers to is the own one.</summary>
    public async ValueTask InstallAsync(ReadOnlyMemory<byte> bytes, long index, CancellationToken cancellation)
    {
        var reference = SnapshotReference.Parse(bytes.Span);
        if (reference.Index != index)
        {
            throw new InvalidDataException($"a snapshot at {index} refers to a state at {reference.Index}");
        }

        if (log.AdoptCommitted(index, reference.Term))
        {
            return;
        }

        var transfer = await JoinAsync(reference, cancellation).ConfigureAwait(false);
        await transfer.Task.WaitAsync(MaxWaitInRequest, cancellation).ConfigureAwait(false);
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

    private async ValueTask<Transfer> JoinAsync(SnapshotReference reference, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_transfer is { } current)
            {
                if (current.Reference == reference && !current.Task.IsFaulted && !current.Task.IsCanceled)
                {
                    return current;
                }

                await current.EndAsync().WaitAsync(cancellation).ConfigureAwait(false);
            }

            _stop.Token.ThrowIfCancellationRequested();
            var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            return _transfer = new Transfer(reference, cancel, Task.Run(() => TransferAsync(reference, cancel.Token), CancellationToken.None));
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task TransferAsync(SnapshotReference reference, CancellationToken cancellation)
    {
        try
        {
            ConsensusLog.InstallBegins(logger, log.Group, reference.Index, reference.Holder);
            var installer = await apply.RunAsync(
                machine => ValueTask.FromResult(machine.BeginInstall(reference.Index, reference.Term)), cancellation).ConfigureAwait(false);
            await using (installer.ConfigureAwait(false))
            {
                var (pieces, size) = await FetchAsync(reference, installer, cancellation).ConfigureAwait(false);
                await CompleteAsync(reference, installer, pieces).ConfigureAwait(false);
                ConsensusLog.Installed(logger, log.Group, reference.Index, size);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            ConsensusLog.InstallFailed(logger, log.Group, reference.Index, e.Message);
            throw;
        }
    }

    private async ValueTask<(int Pieces, long Size)> FetchAsync(SnapshotReference reference, IStateInstaller installer, CancellationToken cancellation)
    {
        var size = 0L;
        for (var number = 0; ; number++)
        {
            var (status, piece) = await FetchPieceAsync(reference, number, cancellation).ConfigureAwait(false);
            switch (status)
            {
                case SnapshotPieceFormat.Status.End:
                    return (number, size);
                case SnapshotPieceFormat.Status.Piece:
                    await installer.AddAsync(piece, cancellation).ConfigureAwait(false);
                    size += piece.Length;
                    break;
                default:
                    throw new InvalidOperationException($"node {reference.Holder} has closed the state at {reference.Index}");
            }
        }
    }

    private async ValueTask<(SnapshotPieceFormat.Status Status, ReadOnlyMemory<byte> Piece)> FetchPieceAsync(
        SnapshotReference reference, int number, CancellationToken cancellation)
    {
        var request = SnapshotPieceFormat.Request(log.Group, reference.Serial, number);
        for (var attempt = 1; ; attempt++)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(PieceDeadline);
            try
            {
                return SnapshotPieceFormat.ParseReply(
                    await rpc.CallAsync(reference.Holder, RpcMethod.SnapshotPiece, request, deadline.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (attempt < MaxRetries && !cancellation.IsCancellationRequested && e is PeerUnavailableException or OperationCanceledException)
            {
                await Task.Delay(RetryPause, cancellation).ConfigureAwait(false);
            }
        }
    }

    // Between two entries. Once begun it is not given up: the log store notes it, and only the state can say whether it is done.
    private async ValueTask CompleteAsync(SnapshotReference reference, IStateInstaller installer, int pieces)
    {
        using var done = new CancellationTokenSource();
        var keepAlive = KeepAliveAsync(reference, pieces, done.Token);
        try
        {
            var mark = new RaftLogMark(reference.Index, reference.Term, reference.UnixMilliseconds);
            await apply.RunAsync(
                async _ =>
                {
                    await store.BeginInstall(log.Group, mark).ConfigureAwait(false);
                    await installer.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
                    await log.ResetAsync(mark).ConfigureAwait(false);
                    return true;
                },
                CancellationToken.None,
                isCritical: true).ConfigureAwait(false);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await keepAlive.ConfigureAwait(false);
        }
    }

    // So that the holder does not cut its log behind the state while it is being taken over.
    private async Task KeepAliveAsync(SnapshotReference reference, int endNumber, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(KeepAlivePeriod, cancellation).ConfigureAwait(false);
                await FetchPieceAsync(reference, endNumber, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or RpcException)
        {
            // Ends with the installation. Without the holder the entries behind the state come from whoever leads then.
        }
    }

    private sealed record Transfer(SnapshotReference Reference, CancellationTokenSource Cancel, Task Task)
    {
        // The source is left to the collector: it may be cancelled at any time from here and from its parent, and holds nothing else.
        public async Task EndAsync()
        {
            await Cancel.CancelAsync().ConfigureAwait(false);
            await Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

using MfsHa.NodeLink;

namespace MfsHa.Consensus.Snapshots;

/// <summary>The calls by which a follower fetches one state. A call that fails is repeated, for some time; the holder gives the same piece again.</summary>
internal sealed class StateFetcher(INodeRpc rpc, ushort group, NodeId holder)
{
    private const int MaxAttempts = 50;
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromSeconds(2);
    private int _pieces;

    public async ValueTask<OpenedState> OpenAsync(CancellationToken cancellation)
    {
        var (status, content) = await CallAsync(0, SnapshotPieceFormat.Open, cancellation).ConfigureAwait(false);
        return status == SnapshotPieceFormat.Status.Opened
            ? OpenedState.Parse(content.Span)
            : throw new InvalidOperationException($"node {holder} does not open its state: {status}");
    }

    /// <summary>Hands all pieces to the installer; returns their size in bytes. <see cref="InvalidDataException"/> when they are not what the holder has read.</summary>
    public async ValueTask<long> FetchAsync(OpenedState state, IStateInstaller installer, CancellationToken cancellation)
    {
        var size = 0L;
        var checksum = new StateChecksum();
        for (_pieces = 0; ; _pieces++)
        {
            var (status, piece) = await CallAsync(state.Serial, _pieces, cancellation).ConfigureAwait(false);
            switch (status)
            {
                case SnapshotPieceFormat.Status.End:
                    checksum.Verify(piece.Span);
                    return size;
                case SnapshotPieceFormat.Status.Piece:
                    checksum.Add(piece.Span);
                    await installer.AddAsync(piece, cancellation).ConfigureAwait(false);
                    size += piece.Length;
                    break;
                default:
                    throw new InvalidOperationException($"node {holder} has closed the state at {state.End.Index}");
            }
        }
    }

    /// <summary>Keeps the holder from cutting its log behind the state while the state is being taken over.</summary>
    public async Task KeepAliveAsync(OpenedState state, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(KeepAlivePeriod, cancellation).ConfigureAwait(false);
                await CallAsync(state.Serial, _pieces, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or RpcException)
        {
            // Ends with the installation. Without the holder the entries behind the state come from whoever leads then.
        }
    }

    private async ValueTask<(SnapshotPieceFormat.Status Status, ReadOnlyMemory<byte> Content)> CallAsync(long serial, int number, CancellationToken cancellation)
    {
        var request = SnapshotPieceFormat.Request(group, serial, number);
        for (var attempt = 1; ; attempt++)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(CallDeadline);
            try
            {
                return SnapshotPieceFormat.ParseReply(await rpc.CallAsync(holder, RpcMethod.SnapshotPiece, request, deadline.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (attempt < MaxAttempts && !cancellation.IsCancellationRequested && e is PeerUnavailableException or OperationCanceledException)
            {
                await Task.Delay(RetryPause, cancellation).ConfigureAwait(false);
            }
        }
    }
}

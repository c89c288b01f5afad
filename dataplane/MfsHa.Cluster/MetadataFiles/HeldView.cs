using MfsHa.Cluster.Replicas;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>A view of this node's replica that another node reads, piece by piece.</summary>
internal sealed class HeldView(NodeId reader, long since, Task<GroupView> opening, CancellationTokenSource patience) : IAsyncDisposable
{
    private const int PieceBytes = 512 << 10;
    private readonly SemaphoreSlim one = new(1);
    private RecordPieces? pieces;
    private byte[] last = [];
    private int read = -1;
    private bool isDisposed;

    /// <summary>Who reads it.</summary>
    public NodeId Reader => reader;

    /// <summary>Since when it is held, by the clock's timestamps.</summary>
    public long Since => since;

    /// <summary>A piece.</summary>
    public async Task<ViewAnswer> ReadAsync(int number)
    {
        await one.WaitAsync().ConfigureAwait(false);
        try
        {
            if (isDisposed || opening.IsFaulted || opening.IsCanceled)
            {
                return new ViewAnswer(ViewStatus.Gone, []);
            }

            if (!opening.IsCompleted)
            {
                return new ViewAnswer(ViewStatus.Waits, []);
            }

            if (number == read + 1)
            {
                pieces ??= (await opening.ConfigureAwait(false)).OpenPieces();
                last = pieces.ReadNext(PieceBytes).ToArray();
                read = number;
            }

            return number != read ? new ViewAnswer(ViewStatus.Gone, []) : new ViewAnswer(last.Length == 0 ? ViewStatus.End : ViewStatus.Ok, last);
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await patience.CancelAsync().ConfigureAwait(false);
        await one.WaitAsync().ConfigureAwait(false);
        try
        {
            isDisposed = true;
            pieces?.Dispose();
            await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (opening.IsCompletedSuccessfully)
            {
                (await opening.ConfigureAwait(false)).Dispose();
            }
        }
        finally
        {
            one.Release();
        }

        patience.Dispose();
    }
}

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// How fast a node ships states of its groups to others, and how many states it takes over at once. It slows down moves of replicas, and followers that are behind the log, alike. All groups of the node
/// share it; it may be changed at any time, and counts at once, for what is under way, too.
/// </summary>
public sealed class ShippingPace
{
    /// <summary>Least limit of bytes: below it a call would wait longer than its caller does.</summary>
    public const long MinBytesPerSecond = 64 << 10;

    /// <summary>States that are taken over at once by default.</summary>
    public const int DefaultAtOnce = 4;

    private const int MaxPieceBytes = 1 << 20;

    // So a follower waits a quarter of a second for its turn, times those that fetch from the same node: far below the 4 s after which its state may be given to another one.
    private const int PiecesPerSecond = 4;
    private readonly ByteRate _rate;

    /// <summary>Without a limit of bytes.</summary>
    public ShippingPace(TimeProvider time) => _rate = new ByteRate(time);

    /// <summary>Bytes per second that this node ships, 64 KiB at least; 0: no limit.</summary>
    public long BytesPerSecond
    {
        get => _rate.Limit;
        set
        {
            if (value != 0)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(value, MinBytesPerSecond);
            }

            _rate.Limit = value;
        }
    }

    /// <summary>States that this node takes over at once, at least 1.</summary>
    public int AtOnce
    {
        get => Incoming.Limit;
        set => Incoming.Limit = value;
    }

    /// <summary>Who takes over a state has a place here.</summary>
    internal Places Incoming { get; } = new(DefaultAtOnce);

    /// <summary>Ships one piece of at most the given size when it is its turn.</summary>
    internal async ValueTask<byte[]> ShipAsync(Func<int, ValueTask<byte[]>> read, CancellationToken cancellation)
    {
        var limit = BytesPerSecond;
        var most = limit == 0 ? MaxPieceBytes : (int)Math.Min(MaxPieceBytes, limit / PiecesPerSecond);
        await _rate.TakeAsync(most, cancellation).ConfigureAwait(false);
        var sent = 0;
        try
        {
            var piece = await read(most).ConfigureAwait(false);
            sent = piece.Length;
            return piece;
        }
        finally
        {
            _rate.Return(most - sent);
        }
    }
}

namespace MfsHa.Replication.Locations;

/// <summary>
/// Pieces that wait until they lead to a state that existed: a piece leaves out changes that later ones made void, so between the pieces of one answer
/// there are holes. Nobody may see them, and should the sender be gone before its last piece, none must stay.
/// </summary>
internal sealed class PieceStaging
{
    private readonly List<(long From, long To, byte[] Piece)> _pieces = [];

    public bool IsEmpty => _pieces.Count == 0;

    /// <summary>Where the last piece ends.</summary>
    public long To { get; private set; }

    /// <summary>From where on the state is one that existed.</summary>
    public long Horizon { get; private set; }

    public long Bytes { get; private set; }

    public void Add(long from, long to, long reflected, ReadOnlySpan<byte> piece)
    {
        _pieces.Add((from, to, piece.ToArray()));
        To = to;
        Horizon = Math.Max(Horizon, reflected);
        Bytes += piece.Length;
    }

    public void ApplyTo(StreamContent content)
    {
        foreach (var (from, to, piece) in _pieces)
            LocationPiece.Apply(content, from, to, piece);
        Clear();
    }

    public void Clear()
    {
        _pieces.Clear();
        (To, Horizon, Bytes) = (0, 0, 0);
    }
}

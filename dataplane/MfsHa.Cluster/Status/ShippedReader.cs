using MfsHa.Cluster.Replicas;

namespace MfsHa.Cluster.Status;

/// <summary>Reads one replica's records in the order of their keys, from the pieces in which they are shipped. Holds one piece.</summary>
/// <param name="next">Gives the piece of a number, from 0; null behind the last one.</param>
internal sealed class ShippedReader(Func<int, Task<byte[]?>> next)
{
    private byte[] piece = [];
    private int number;
    private int at;
    private ShippedRecord record;

    /// <summary>There are no more records.</summary>
    public bool IsEnd { get; private set; }

    /// <summary>All records of the piece are read.</summary>
    public bool IsDrained => at == piece.Length;

    /// <summary>What of the piece is not read.</summary>
    public ReadOnlySpan<byte> Rest => piece.AsSpan(at);

    /// <summary>The next record's key: its kind, then what its table writes.</summary>
    public ReadOnlySpan<byte> Key => piece.AsSpan(record.KeyAt, record.KeyLength);

    /// <summary>Its value.</summary>
    public ReadOnlySpan<byte> Value => piece.AsSpan(record.KeyAt + record.KeyLength, record.ValueLength);

    /// <summary>Fetches the next piece when all of the former one is read. <see cref="InvalidDataException"/> when it is cut.</summary>
    public async Task FillAsync()
    {
        while (!IsEnd && IsDrained)
        {
            (piece, at) = (await next(number++).ConfigureAwait(false) ?? [], 0);
            IsEnd = piece.Length == 0;
        }

        Look();
    }

    /// <summary>Goes on behind the record.</summary>
    public void Advance()
    {
        at = record.End;
        Look();
    }

    /// <summary>Goes on behind the piece.</summary>
    public void SkipPiece() => at = piece.Length;

    private void Look()
    {
        if (!IsDrained)
        {
            record = RecordPieces.Look(piece, at);
        }
    }
}

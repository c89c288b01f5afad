using System.Buffers;
using System.Buffers.Binary;
using MfsHa.Storage.State;
using StoreCursor = MfsHa.Storage.StoreCursor;

namespace MfsHa.Cluster.Replicas;

/// <summary>
/// A group's records as they are shipped. A piece is a run of records: key length u16, value length u32, key without its first three bytes (group and generation, which the receiver has its own of),
/// value; big-endian.
/// </summary>
internal sealed class RecordPieces(StoreCursor cursor) : IDisposable
{
    /// <summary>What of a key is not shipped.</summary>
    public const int PrefixLength = 3;

    private const int HeaderLength = sizeof(ushort) + sizeof(uint);
    private readonly ArrayBufferWriter<byte> piece = new();

    /// <summary>The next piece of at most so many bytes (it may exceed that by one record); empty at the end. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> ReadNext(int maxBytes)
    {
        piece.ResetWrittenCount();
        while (piece.WrittenCount < maxBytes && cursor.MoveNext())
        {
            var key = cursor.Key[PrefixLength..];
            var value = cursor.Value;
            var target = piece.GetSpan(HeaderLength + key.Length + value.Length);
            BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)key.Length);
            BinaryPrimitives.WriteUInt32BigEndian(target[sizeof(ushort)..], (uint)value.Length);
            key.CopyTo(target[HeaderLength..]);
            value.CopyTo(target[(HeaderLength + key.Length)..]);
            piece.Advance(HeaderLength + key.Length + value.Length);
        }

        return piece.WrittenMemory;
    }

    /// <summary>Puts the records of a piece into a batch. <see cref="InvalidDataException"/> when the piece is cut.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="key">Room for a key, with the receiver's prefix at its beginning.</param>
    /// <param name="batch">Where they go.</param>
    public static void Take(ReadOnlySpan<byte> piece, byte[] key, StateBatch batch)
    {
        for (var at = 0; at < piece.Length;)
        {
            var record = Look(piece, at);
            piece.Slice(record.KeyAt, record.KeyLength).CopyTo(key.AsSpan(PrefixLength));
            batch.Put(key.AsSpan(0, PrefixLength + record.KeyLength), piece.Slice(record.KeyAt + record.KeyLength, record.ValueLength));
            at = record.End;
        }
    }

    /// <summary>Where the record is that begins at a place of a piece. <see cref="InvalidDataException"/> when the piece is cut.</summary>
    public static ShippedRecord Look(ReadOnlySpan<byte> piece, int at)
    {
        var rest = piece[at..];
        if (rest.Length < HeaderLength)
        {
            throw new InvalidDataException($"a piece of a state ends within a record's lengths: {rest.Length} bytes left");
        }

        int keyLength = BinaryPrimitives.ReadUInt16BigEndian(rest);
        var valueLength = BinaryPrimitives.ReadUInt32BigEndian(rest[sizeof(ushort)..]);
        var left = rest.Length - HeaderLength;
        if (left < keyLength || (uint)(left - keyLength) < valueLength)
        {
            throw new InvalidDataException($"a piece of a state ends within a record: {keyLength} + {valueLength} bytes announced, {left} left");
        }

        return new ShippedRecord(at + HeaderLength, keyLength, (int)valueLength);
    }

    /// <summary>Room for <see cref="Take"/>.</summary>
    public static byte[] KeyRoom(ReadOnlySpan<byte> prefix) => [.. prefix, .. new byte[ushort.MaxValue]];

    /// <inheritdoc/>
    public void Dispose() => cursor.Dispose();
}

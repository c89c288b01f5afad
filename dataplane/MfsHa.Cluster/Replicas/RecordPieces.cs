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
        while (!piece.IsEmpty)
        {
            if (piece.Length < HeaderLength)
            {
                throw new InvalidDataException($"a piece of a state ends within a record's lengths: {piece.Length} bytes left");
            }

            int keyLength = BinaryPrimitives.ReadUInt16BigEndian(piece);
            var valueLength = BinaryPrimitives.ReadUInt32BigEndian(piece[sizeof(ushort)..]);
            piece = piece[HeaderLength..];
            if (piece.Length < keyLength || (uint)(piece.Length - keyLength) < valueLength)
            {
                throw new InvalidDataException($"a piece of a state ends within a record: {keyLength} + {valueLength} bytes announced, {piece.Length} left");
            }

            piece[..keyLength].CopyTo(key.AsSpan(PrefixLength));
            batch.Put(key.AsSpan(0, PrefixLength + keyLength), piece.Slice(keyLength, (int)valueLength));
            piece = piece[(keyLength + (int)valueLength)..];
        }
    }

    /// <summary>Room for <see cref="Take"/>.</summary>
    public static byte[] KeyRoom(ReadOnlySpan<byte> prefix) => [.. prefix, .. new byte[ushort.MaxValue]];

    /// <inheritdoc/>
    public void Dispose() => cursor.Dispose();
}

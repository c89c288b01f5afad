using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using MfsHa.Consensus;
using MfsHa.Metadata.Kernel;
using MfsHa.Storage.State;
using StoreCursor = MfsHa.Storage.StoreCursor;

namespace MfsHa.Cluster.Replicas;

/// <summary>
/// All records of a group at one position of the log. A piece is a run of records: key length u16, value length u32, key without group and
/// generation, value; big-endian.
/// </summary>
public sealed class GroupSnapshot(StateSnapshot snapshot, StoreCursor cursor, LogPosition position) : IStateSnapshot
{
    /// <summary>Group and generation, which the receiver adds for itself.</summary>
    internal const int PrefixLength = 3;

    /// <summary>Lengths before a record.</summary>
    internal const int HeaderLength = sizeof(ushort) + sizeof(uint);

    private readonly ArrayBufferWriter<byte> piece = new();

    /// <inheritdoc/>
    public long Index => position.Index;

    /// <inheritdoc/>
    public long Term => position.Term;

    /// <inheritdoc/>
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

    /// <summary>Hash over all records in order: equal on all replicas at the same index (design.md 13.9).</summary>
    public ulong Checksum(CancellationToken cancellation)
    {
        const int PieceBytes = 1 << 20;
        var hash = new XxHash3();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = ReadNext(PieceBytes);
            if (next.IsEmpty)
            {
                return hash.GetCurrentHashAsUInt64();
            }

            hash.Append(next.Span);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cursor.Dispose();
        snapshot.Dispose();
    }
}

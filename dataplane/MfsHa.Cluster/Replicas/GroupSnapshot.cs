using System.IO.Hashing;
using MfsHa.Consensus;
using MfsHa.Metadata.Kernel;
using MfsHa.Storage.State;
using StoreCursor = MfsHa.Storage.StoreCursor;

namespace MfsHa.Cluster.Replicas;

/// <summary>
/// All records of a group at one position of the log, in pieces as <see cref="RecordPieces"/> says.
/// </summary>
public sealed class GroupSnapshot(StateSnapshot snapshot, StoreCursor cursor, LogPosition position) : IStateSnapshot
{
    private readonly RecordPieces pieces = new(cursor);

    /// <inheritdoc/>
    public long Index => position.Index;

    /// <inheritdoc/>
    public long Term => position.Term;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ReadNext(int maxBytes) => pieces.ReadNext(maxBytes);

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
        pieces.Dispose();
        snapshot.Dispose();
    }
}

using System.IO.Hashing;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Status;

/// <summary>The first record, in the order of keys, that is not the same in all replicas of a group that were read.</summary>
/// <param name="Key">Kind of the record, then its key as tables write it, without the group; null when there is none, or none was found.</param>
/// <param name="Replicas">What each replica has of it; null for one that has no such record.</param>
/// <param name="Reason">Why there is no key; empty when there is one.</param>
public sealed record FirstDifference(byte[]? Key, IReadOnlyDictionary<NodeId, RecordDigest?> Replicas, string Reason)
{
    /// <summary>None was found.</summary>
    internal static FirstDifference None(string reason) => new(null, new Dictionary<NodeId, RecordDigest?>(), reason);

    /// <summary>
    /// Reads replicas side by side until the first record that differs; null when there is none. Holds one piece of each. <see cref="InvalidDataException"/> for a piece that is cut.
    /// </summary>
    internal static async Task<FirstDifference?> FindAsync(IReadOnlyDictionary<NodeId, ShippedReader> readers, CancellationToken cancellation)
    {
        ShippedReader[] all = [.. readers.Values];
        while (true)
        {
            await Task.WhenAll(all.Select(static r => r.FillAsync())).WaitAsync(cancellation).ConfigureAwait(false);
            if (Array.TrueForAll(all, static r => r.IsEnd))
            {
                return null;
            }

            if (AreSame(all))
            {
                // Pieces are cut alike as long as records are the same.
                foreach (var reader in all)
                {
                    reader.SkipPiece();
                }

                continue;
            }

            do
            {
                if (OfNext(readers) is { } difference)
                {
                    return difference;
                }

                foreach (var reader in all)
                {
                    reader.Advance();
                }
            }
            while (!Array.Exists(all, static r => r.IsDrained));
        }
    }

    private static bool AreSame(ShippedReader[] all)
    {
        foreach (var reader in all)
        {
            if (!reader.Rest.SequenceEqual(all[0].Rest))
            {
                return false;
            }
        }

        return true;
    }

    // The smallest key that any has next: who has another one has no such record.
    private static FirstDifference? OfNext(IReadOnlyDictionary<NodeId, ShippedReader> readers)
    {
        var first = readers.Values.First(static r => !r.IsEnd);
        foreach (var reader in readers.Values)
        {
            if (!reader.IsEnd && reader.Key.SequenceCompareTo(first.Key) < 0)
            {
                first = reader;
            }
        }

        var isSame = true;
        foreach (var reader in readers.Values)
        {
            isSame &= Has(reader, first.Key) && reader.Value.SequenceEqual(first.Value);
        }

        return isSame ? null : new FirstDifference(
            first.Key.ToArray(),
            readers.ToDictionary(static r => r.Key, r => Has(r.Value, first.Key) ? new RecordDigest(r.Value.Value.Length, XxHash3.HashToUInt64(r.Value.Value)) : (RecordDigest?)null),
            "");
    }

    private static bool Has(ShippedReader reader, ReadOnlySpan<byte> key) => !reader.IsEnd && reader.Key.SequenceEqual(key);
}

/// <summary>A record's value, in short.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="Hash">XXH3 over them.</param>
public readonly record struct RecordDigest(int Length, ulong Hash);

using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.EndToEnd.Tests.Posix;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>A file that stays open while its names change or go.</summary>
internal sealed class HeldFile(MountClient mount, int handle, string path, int number, byte[] content)
{
    private const int MaxPiece = 10_000;
    private byte[] content = content;
    private bool isUnlinked;

    /// <summary>Its name when it was opened.</summary>
    public string Path => path;

    /// <summary>Its object in the tree.</summary>
    public int Number => number;

    /// <summary>Its folder has changed.</summary>
    public void Note(Tree tree)
    {
        if (tree.Files.TryGetValue(number, out var now))
        {
            content = now;
        }
        else
        {
            isUnlinked = true;
        }
    }

    /// <summary>Reads it whole; one without a name is also written to. Returns what is wrong.</summary>
    public async Task<string?> UseAsync(Random random, CancellationToken cancellation)
    {
        if (isUnlinked)
        {
            var offset = random.Next(content.Length + 1);
            var piece = Content.Bytes((ulong)random.NextInt64(), random.Next(1, MaxPiece), offset);
            await mount.WriteOpenAsync(handle, offset, piece, cancellation).ConfigureAwait(false);
            var written = new byte[Math.Max(content.Length, offset + piece.Length)];
            content.CopyTo(written, 0);
            piece.CopyTo(written, offset);
            content = written;
        }
        var found = await mount.ReadOpenAsync(handle, content.Length, cancellation).ConfigureAwait(false);
        var same = content.AsSpan().CommonPrefixLength(found);
        if (same == content.Length && found.Length == same)
        {
            return null;
        }

        // Whether it stays so, and what is there instead, tells a stale copy from a stale cache.
        var again = await mount.ReadOpenAsync(handle, content.Length, cancellation).ConfigureAwait(false);
        return $"the open file (unlinked: {isUnlinked}) has {found.Length} bytes instead of {content.Length} and differs from byte {same} on: {Differences(content, found)}; "
            + $"read again: {(again.AsSpan().SequenceEqual(content) ? "right" : Differences(content, again))}";
    }

    // The ranges that differ, and which of them are zeros.
    private static string Differences(byte[] expected, byte[] found)
    {
        const int MostRanges = 8;
        var ranges = new List<string>();
        var length = Math.Min(expected.Length, found.Length);
        for (var at = 0; at < length && ranges.Count < MostRanges;)
        {
            if (expected[at] == found[at])
            {
                at++;
                continue;
            }

            // Random bytes are equal now and then: a range ends with eight of them.
            var end = at;
            for (var next = at; next < length && next - end < 8; next++)
            {
                end = expected[next] == found[next] ? end : next + 1;
            }

            ranges.Add($"{at}..{end}{(found.AsSpan(at, end - at).ContainsAnyExcept((byte)0) ? "" : " zeros")}{(expected.AsSpan(at, end - at).ContainsAnyExcept((byte)0) ? "" : " instead of zeros")}");
            at = end;
        }

        return $"{found.Length} bytes, {string.Join(", ", ranges)}";
    }

    public Task CloseAsync(CancellationToken cancellation) => mount.CloseOpenAsync(handle, cancellation);
}

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
        return same == content.Length && found.Length == same ? null
            : $"the open file (unlinked: {isUnlinked}) has {found.Length} bytes instead of {content.Length} and differs from byte {same} on";
    }

    public Task CloseAsync(CancellationToken cancellation) => mount.CloseOpenAsync(handle, cancellation);
}

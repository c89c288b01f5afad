using System.IO.Hashing;

namespace MfsHa.MetadataFile.Backups;

/// <summary>Checksums of a file in blocks.</summary>
public static class BackupBlocks
{
    /// <summary>Length of a block, bytes.</summary>
    public const int Length = 1 << 20;

    /// <summary>Longest block that a manifest may have, bytes.</summary>
    public const int MaxLength = 64 << 20;

    /// <summary>XXH128 of each block of a file, hexadecimal; the last block may be shorter.</summary>
    public static async IAsyncEnumerable<string> ReadAsync(Stream file, int blockLength, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var block = new byte[blockLength];
        while (await file.ReadAtLeastAsync(block, blockLength, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            yield return Convert.ToHexString(XxHash128.Hash(block.AsSpan(0, read)));
        }
    }
}

using System.Security.Cryptography;

namespace MfsHa.Demo.Load;

/// <summary>Files of the demo: written so that the return of the call is an acknowledgment, named by the checksum of their content.</summary>
public static class FileContent
{
    /// <summary>Writes a new file; it is on the chunkservers when this returns (fsync).</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    public static string Checksum(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static string ChecksumOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

using System.Runtime.InteropServices;
using RocksDbSharp;

namespace MfsHa.Storage.Rocks;

/// <summary>Turns RocksDB's status texts into the two kinds of failure that matter here.</summary>
internal static class RocksErrors
{
    // rocksdb/util/status.cc: Status::ToString begins with the name of the code.
    private const string CorruptionPrefix = "Corruption";

    public static void ThrowIfFailed(string path, nint error)
    {
        if (Take(error) is { } message)
        {
            throw Translate(path, message);
        }
    }

    /// <summary>RocksDB's text, which is freed; null when there was no error.</summary>
    public static string? Take(nint error)
    {
        if (error == 0)
        {
            return null;
        }

        var message = Marshal.PtrToStringUTF8(error) ?? "unknown error";
        Native.Instance.rocksdb_free(error);
        return message;
    }

    public static Exception Translate(string path, string message, Exception? inner = null) =>
        message.StartsWith(CorruptionPrefix, StringComparison.Ordinal)
            ? new StorageCorruptException(path, message, inner)
            : new StorageUnavailableException(path, message, inner);
}

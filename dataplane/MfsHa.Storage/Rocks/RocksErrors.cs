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
        if (error != 0)
        {
            Throw(path, error);
        }
    }

    public static Exception Translate(string path, string message, Exception? inner = null) =>
        message.StartsWith(CorruptionPrefix, StringComparison.Ordinal)
            ? new StorageCorruptException(path, message, inner)
            : new StorageUnavailableException(path, message, inner);

    private static void Throw(string path, nint error)
    {
        var message = Marshal.PtrToStringUTF8(error) ?? "unknown error";
        Native.Instance.rocksdb_free(error);
        throw Translate(path, message);
    }
}

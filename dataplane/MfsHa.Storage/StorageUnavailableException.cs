namespace MfsHa.Storage;

/// <summary>
/// A data directory cannot be opened, written or synced: full disk, missing permission, dead device. Nothing that was acknowledged is lost,
/// but nothing more may be acknowledged: the node has to stop. After a failed sync a repeated one proves nothing, so it is never tried.
/// </summary>
public sealed class StorageUnavailableException(string path, string cause, Exception? inner = null)
    : IOException($"storage at {path} is unavailable: {cause}", inner)
{
    /// <summary>The data directory.</summary>
    public string Path { get; } = path;

    /// <summary>What the file system or RocksDB said.</summary>
    public string Cause { get; } = cause;
}

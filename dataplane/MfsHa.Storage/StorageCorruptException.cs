namespace MfsHa.Storage;

/// <summary>
/// Stored bytes are not those that were written. The node must not go on with them: its replica has to be replaced
/// (removed, wiped and added again under a new incarnation).
/// </summary>
public sealed class StorageCorruptException(string path, string what, Exception? inner = null)
    : IOException($"storage at {path} is corrupt: {what}", inner)
{
    /// <summary>The data directory.</summary>
    public string Path { get; } = path;

    /// <summary>Which record, and what is wrong with it.</summary>
    public string What { get; } = what;
}

namespace MfsHa.Storage.RaftLog;

/// <summary>
/// Where the log store's writer puts its batches. There is one implementation besides those of tests, which stand between the writer and
/// it to delay syncs or to lose what was not synced.
/// </summary>
public interface IRaftLogDevice
{
    /// <summary>Writes a RocksDB write batch and returns when it is on stable storage. Called by one thread.</summary>
    void Write(ReadOnlySpan<byte> batch);
}

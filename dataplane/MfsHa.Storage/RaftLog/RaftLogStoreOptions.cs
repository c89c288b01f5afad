namespace MfsHa.Storage.RaftLog;

/// <summary>Limits of the log store of a node.</summary>
public sealed record RaftLogStoreOptions
{
    /// <summary>Bytes that may wait for the disk before <see cref="RaftLogStore.ThrowIfBusy"/> throws. Default 256 MiB.</summary>
    public int MaxPendingBytes { get; init; } = 256 << 20;

    /// <summary>Bytes of entries in RocksDB's memory before they are written to files. Default 32 MiB.</summary>
    public long WriteBufferBytes { get; init; } = 32L << 20;

    /// <summary>Bytes of the cache for reading old entries. Default 8 MiB.</summary>
    public long BlockCacheBytes { get; init; } = 8L << 20;

    /// <summary>Bytes a second that RocksDB may write to files besides its log; 0 for no limit. For tests that want it slow.</summary>
    internal long FileBytesPerSecond { get; init; }
}

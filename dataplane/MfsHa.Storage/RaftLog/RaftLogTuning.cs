using RocksDbSharp;

namespace MfsHa.Storage.RaftLog;

/// <summary>RocksDB's settings for entries that are written once, synced, mostly never read, and deleted in order.</summary>
internal static class RaftLogTuning
{
    private const int WriteBuffers = 3;
    private const int StopAtFiles = 36; // RocksDB's default
    private const int MaxOpenFiles = 256;
    private const int BackgroundThreads = 2;
    private const ulong BlockBytes = 16 << 10;
    private const ulong InfoLogBytes = 8 << 20;
    private const ulong InfoLogs = 2;
    private const ulong BytesPerSync = 1 << 20;
    private const int FormatVersion = 5;
    private const long RefillMicroseconds = 100_000;
    private const int RateFairness = 10;

    public static DbOptions Create(RaftLogStoreOptions options)
    {
        var table = new BlockBasedTableOptions()
            .SetBlockCache(Cache.CreateLru((ulong)options.BlockCacheBytes))
            .SetBlockSize(BlockBytes)
            .SetFormatVersion(FormatVersion)
            .SetCacheIndexAndFilterBlocks(true);
        var db = new DbOptions()
            .SetCreateIfMissing()
            .SetParanoidChecks()
            // A record that a power loss cut off at the end is dropped (it was never acknowledged); damage before it stops the node,
            // where the default (PointInTime) would silently drop acknowledged records behind the damage.
            .SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords)
            .SetMaxOpenFiles(MaxOpenFiles)
            .SetWriteBufferSize((ulong)(options.WriteBufferBytes / WriteBuffers))
            .SetMaxWriteBufferNumber(WriteBuffers)
            // No slowing down before a stop: a write that is slowed down may come to a stop, and waits there for as long as the disk is full (RocksWriter).
            .SetLevel0SlowdownWritesTrigger(StopAtFiles)
            .SetLevel0StopWritesTrigger(StopAtFiles)
            .SetSoftPendingCompactionBytesLimit(0)
            .SetCompression(Compression.No)
            .SetLevelCompactionDynamicLevelBytes(true)
            .SetBytesPerSync(BytesPerSync)
            .SetMaxLogFileSize(InfoLogBytes)
            .SetKeepLogFileNum(InfoLogs)
            .SetStatsDumpPeriodSec(0)
            .SetBlockBasedTableFactory(table);
        Native.Instance.rocksdb_options_set_max_background_jobs(db.Handle, BackgroundThreads);
        if (options.FileBytesPerSecond > 0)
        {
            LimitFiles(db, options.FileBytesPerSecond);
        }

        return db;
    }

    private static void LimitFiles(DbOptions db, long bytesPerSecond)
    {
        var limiter = Native.Instance.rocksdb_ratelimiter_create(bytesPerSecond, RefillMicroseconds, RateFairness);
        Native.Instance.rocksdb_options_set_ratelimiter(db.Handle, limiter);
        Native.Instance.rocksdb_ratelimiter_destroy(limiter); // the options hold it
    }
}

using RocksDbSharp;

namespace MfsHa.Storage.State;

/// <summary>RocksDB's settings for small records read by point and by short ranges, within a fixed amount of memory.</summary>
internal static class StateStoreTuning
{
    // Half of the budget flushes while the other half fills; a third one absorbs a slow disk before writers have to wait.
    private const int WriteBuffers = 3;
    private const int BloomBitsPerKey = 10;
    private const ulong BlockBytes = 8 << 10;
    private const ulong InfoLogBytes = 8 << 20;
    private const ulong InfoLogs = 2;
    private const ulong BytesPerSync = 1 << 20;
    private const int FormatVersion = 5;

    // High-priority share of the cache keeps index and filter blocks when large walks pass through it.
    private const byte True = 1;

    // Index and filter of a file are read in pieces of this size. In one piece they are larger than a shard of the cache, and then
    // every point read of a file beyond a few hundred thousand keys fetched them again from disk (measured: 500 us instead of 7 us).
    private const ulong MetadataBlockBytes = 4 << 10;
    private const int TwoLevelIndex = 2;

    public static DbOptions Create(StateStoreOptions options, Cache cache)
    {
        var table = new BlockBasedTableOptions()
            .SetBlockCache(cache)
            .SetBlockSize(BlockBytes)
            .SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false))
            .SetFormatVersion(FormatVersion)
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true);
        Native.Instance.rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(table.Handle, True);
        Native.Instance.rocksdb_block_based_options_set_index_type(table.Handle, TwoLevelIndex);
        Native.Instance.rocksdb_block_based_options_set_partition_filters(table.Handle, True);
        Native.Instance.rocksdb_block_based_options_set_metadata_block_size(table.Handle, MetadataBlockBytes);
        Native.Instance.rocksdb_block_based_options_set_pin_top_level_index_and_filter(table.Handle, True);

        var db = new DbOptions()
            .SetCreateIfMissing()
            .SetParanoidChecks()
            .SetMaxOpenFiles(options.MaxOpenFiles)
            .SetWriteBufferSize((ulong)(options.WriteBufferBytes / WriteBuffers))
            .SetMaxWriteBufferNumber(WriteBuffers)
            .SetCompression(Compression.Lz4)
            .SetLevelCompactionDynamicLevelBytes(true)
            .SetBytesPerSync(BytesPerSync)
            .SetMaxLogFileSize(InfoLogBytes)
            .SetKeepLogFileNum(InfoLogs)
            .SetStatsDumpPeriodSec(0)
            .SetBlockBasedTableFactory(table);
        Native.Instance.rocksdb_options_set_bottommost_compression(db.Handle, (int)Compression.Zstd);
        Native.Instance.rocksdb_options_set_max_background_jobs(db.Handle, options.BackgroundThreads);
        LimitWriteBuffers(db, options, cache);
        return db;
    }

    // Changes in memory take their room out of the cache's: both together stay within the cache's size.
    private static void LimitWriteBuffers(DbOptions db, StateStoreOptions options, Cache cache)
    {
        var manager = Native.Instance.rocksdb_write_buffer_manager_create_with_cache((nuint)options.WriteBufferBytes, cache.Handle, allow_stall: 0);
        Native.Instance.rocksdb_options_set_write_buffer_manager(db.Handle, manager);
        Native.Instance.rocksdb_write_buffer_manager_destroy(manager); // the options hold it
    }
}

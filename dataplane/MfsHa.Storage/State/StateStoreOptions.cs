namespace MfsHa.Storage.State;

/// <summary>Memory and file limits of the state store of a node.</summary>
public sealed record StateStoreOptions
{
    /// <summary>Bytes of the block cache (data, index and filter blocks): the WARM tier. Holds <see cref="WriteBufferBytes"/>, too. Default 128 MiB.</summary>
    public long BlockCacheBytes { get; init; } = 128L << 20;

    /// <summary>Bytes of changes in memory, over all replicas, before they are written to files; less than half of <see cref="BlockCacheBytes"/>, of which they are a part. Default 48 MiB.</summary>
    public long WriteBufferBytes { get; init; } = 48L << 20;

    /// <summary>Files held open at the same time. Default 512.</summary>
    public int MaxOpenFiles { get; init; } = 512;

    /// <summary>Threads for flushes and compactions. Default 2.</summary>
    public int BackgroundThreads { get; init; } = 2;
}

namespace MfsHa.Storage.State;

/// <summary>Bytes that the state store uses.</summary>
/// <param name="BlockCache">In the block cache.</param>
/// <param name="WriteBuffers">Changes not yet in files.</param>
/// <param name="TableReaders">Index and filter blocks outside of the cache.</param>
/// <param name="Files">On disk.</param>
/// <param name="EstimatedKeys">Number of keys, estimated.</param>
public readonly record struct StateStoreUsage(long BlockCache, long WriteBuffers, long TableReaders, long Files, long EstimatedKeys)
{
    /// <summary>Bytes of memory.</summary>
    public long Memory => BlockCache + WriteBuffers + TableReaders;
}

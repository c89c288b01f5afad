using MfsHa.Metadata.Kernel;
using MfsHa.Storage.State;

namespace MfsHa.Cluster.Replicas;

/// <summary>Records of a group on their way into its place in the store.</summary>
internal sealed class GroupLoad(StateLoad load, byte generation) : IBulkLoad
{
    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<byte> physical = stackalloc byte[GroupStore.MaxKeyOnStack];
        load.Add(GroupStore.Physical(key, generation, physical), value);
    }

    /// <inheritdoc/>
    public void Complete() => load.Complete();

    /// <inheritdoc/>
    public void Dispose() => load.Dispose();
}

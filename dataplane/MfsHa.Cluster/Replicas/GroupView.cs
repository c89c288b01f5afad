using MfsHa.Metadata.Kernel;
using MfsHa.Storage.State;

namespace MfsHa.Cluster.Replicas;

/// <summary>All records of a group as they were at one moment, for reading at any place. Keeps overwritten records alive: dispose within minutes. One reader at a time.</summary>
public sealed class GroupView : IOrderedStore, IDisposable
{
    private readonly StateStore store;
    private readonly StateSnapshot snapshot;
    private readonly byte generation;

    internal GroupView(StateStore store, StateSnapshot snapshot, byte generation)
    {
        this.store = store;
        this.snapshot = snapshot;
        this.generation = generation;
    }

    /// <inheritdoc/>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        Span<byte> physical = stackalloc byte[GroupStore.MaxKeyOnStack];
        return store.Get(GroupStore.Physical(key, generation, physical), snapshot);
    }

    /// <inheritdoc/>
    public IStoreCursor Open(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until) => new GroupStore.Cursor(
        store.Iterate(GroupStore.PhysicalBound(from, generation), GroupStore.PhysicalBound(until, generation), snapshot, fillCache: false));

    /// <inheritdoc/>
    public byte[]? LastKey(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until)
    {
        using var cursor = new GroupStore.Cursor(
            store.Iterate(GroupStore.PhysicalBound(from, generation), GroupStore.PhysicalBound(until, generation), snapshot, reverse: true));
        return cursor.Next() ? cursor.Key.ToArray() : null;
    }

    /// <summary>Always refused.</summary>
    public void Write(IReadOnlyList<StoreChange> changes) => throw new InvariantException("a view of a group's records would be changed");

    /// <inheritdoc/>
    public void Dispose() => snapshot.Dispose();
}

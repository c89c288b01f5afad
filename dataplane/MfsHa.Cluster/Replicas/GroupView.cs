using MfsHa.Metadata.Kernel;
using MfsHa.Storage.State;

namespace MfsHa.Cluster.Replicas;

/// <summary>
/// All records of a group as they were at one moment, for reading at any place: of the replica here, or of another node's, shipped and put aside (<see cref="ShippedRecords"/>). Keeps overwritten
/// records alive: dispose within minutes. One reader at a time.
/// </summary>
public sealed class GroupView : IOrderedStore, IDisposable
{
    private readonly StateStore store;
    private readonly StateSnapshot snapshot;
    private readonly byte[] group;
    private readonly byte[] prefix;
    private readonly ShippedRecords? shipped;

    internal GroupView(StateStore store, StateSnapshot snapshot, ushort group, byte[] prefix, ShippedRecords? shipped = null)
    {
        this.store = store;
        this.snapshot = snapshot;
        this.group = [(byte)(group >> 8), (byte)group];
        this.prefix = prefix;
        this.shipped = shipped;
    }

    /// <inheritdoc/>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        Span<byte> physical = stackalloc byte[GroupStore.MaxKeyOnStack];
        return store.Get(GroupStore.Physical(key, prefix, physical), snapshot);
    }

    /// <inheritdoc/>
    public IStoreCursor Open(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until) => new GroupStore.Cursor(
        store.Iterate(GroupStore.PhysicalBound(from, prefix), GroupStore.PhysicalBound(until, prefix), snapshot, fillCache: false), group);

    /// <inheritdoc/>
    public byte[]? LastKey(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until)
    {
        using var cursor = new GroupStore.Cursor(
            store.Iterate(GroupStore.PhysicalBound(from, prefix), GroupStore.PhysicalBound(until, prefix), snapshot, reverse: true), group);
        return cursor.Next() ? cursor.Key.ToArray() : null;
    }

    /// <summary>Always refused.</summary>
    public void Write(IReadOnlyList<StoreChange> changes) => throw new InvariantException("a view of a group's records would be changed");

    /// <summary>Reads all records from the first to the last, for shipping. The view stays open.</summary>
    internal RecordPieces OpenPieces() => new(store.Iterate(prefix, KeyRange.After(prefix), snapshot, fillCache: false));

    /// <inheritdoc/>
    public void Dispose()
    {
        snapshot.Dispose();
        shipped?.Dispose();
    }
}

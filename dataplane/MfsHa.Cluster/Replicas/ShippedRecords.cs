using MfsHa.Metadata.Kernel;
using MfsHa.Storage.State;

namespace MfsHa.Cluster.Replicas;

/// <summary>
/// Records of a group that another node has shipped, put aside in this node's store: under a prefix that no group has, so that a replica of the group may come here meanwhile. Deleted when they are
/// disposed of, and at the next start of the node.
/// </summary>
internal sealed class ShippedRecords : IDisposable
{
    private const byte Aside = 0xFE;
    private static readonly byte[] All = [Aside];
    private readonly StateStore store;
    private readonly ushort group;
    private readonly byte[] prefix;
    private readonly byte[] key;
    private readonly StateBatch batch = new();
    private int isDisposed;

    /// <summary>Begins with nothing.</summary>
    /// <param name="store">The node's store.</param>
    /// <param name="group">The group, below 256.</param>
    /// <param name="place">Tells several of the same group apart.</param>
    public ShippedRecords(StateStore store, ushort group, byte place)
    {
        this.store = store;
        this.group = group;
        prefix = [Aside, place, checked((byte)group)];
        key = RecordPieces.KeyRoom(prefix);
        Delete(); // a place is used again
    }

    /// <summary>Deletes what a former process has left; before anything else is put aside.</summary>
    public static void DeleteLeft(StateStore store)
    {
        using (var cursor = store.Iterate(All, KeyRange.After(All), fillCache: false))
        {
            if (!cursor.MoveNext())
            {
                return;
            }
        }

        using var removal = new StateBatch();
        removal.DeleteRange(All, KeyRange.After(All));
        store.Write(removal);
    }

    /// <summary>Takes the next piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        batch.Clear();
        RecordPieces.Take(piece, key, batch);
        store.Write(batch);
        batch.Clear();
    }

    /// <summary>Opens what has come, for reading. The view disposes of the records.</summary>
    public GroupView Open() => new(store, store.Snapshot(), group, prefix, this);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            Delete();
            batch.Dispose();
        }
    }

    private void Delete()
    {
        batch.Clear();
        batch.DeleteRange(prefix, KeyRange.After(prefix));
        store.Write(batch);
        batch.Clear();
    }
}

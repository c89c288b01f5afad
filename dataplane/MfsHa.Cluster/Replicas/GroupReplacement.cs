using MfsHa.Storage.State;

namespace MfsHa.Cluster.Replicas;

/// <summary>A whole state that arrives piece by piece beside the current one.</summary>
public sealed class GroupReplacement : IDisposable
{
    private readonly GroupStore store;
    private readonly byte generation;
    private readonly StateBatch batch = new();
    private readonly byte[] key;
    private bool completed;

    internal GroupReplacement(GroupStore store, byte generation)
    {
        this.store = store;
        this.generation = generation;
        key = RecordPieces.KeyRoom(store.Prefix(generation));
    }

    /// <summary>Writes the records of one piece. <see cref="InvalidDataException"/> when the piece is cut.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        batch.Clear();
        RecordPieces.Take(piece, key, batch);
        store.WriteTo(generation, batch);
        batch.Clear();
    }

    /// <summary>Makes what arrived the group's state, durably.</summary>
    public void Complete()
    {
        store.Adopt(generation);
        completed = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!completed)
        {
            store.RemoveGeneration(generation);
            completed = true;
        }

        batch.Dispose();
    }
}

using System.Buffers.Binary;
using MfsHa.Storage.State;

namespace MfsHa.Cluster.Replicas;

/// <summary>A whole state that arrives piece by piece beside the current one.</summary>
public sealed class GroupReplacement : IDisposable
{
    private readonly GroupStore store;
    private readonly byte generation;
    private readonly StateBatch batch = new();
    private readonly byte[] key = new byte[GroupSnapshot.PrefixLength + ushort.MaxValue];
    private bool completed;

    internal GroupReplacement(GroupStore store, byte generation)
    {
        this.store = store;
        this.generation = generation;
        store.Prefix(generation).CopyTo(key, 0);
    }

    /// <summary>Writes the records of one piece. <see cref="InvalidDataException"/> when the piece is cut.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        batch.Clear();
        while (!piece.IsEmpty)
        {
            if (piece.Length < GroupSnapshot.HeaderLength)
            {
                throw new InvalidDataException($"a piece of a state ends within a record's lengths: {piece.Length} bytes left");
            }

            int keyLength = BinaryPrimitives.ReadUInt16BigEndian(piece);
            var valueLength = BinaryPrimitives.ReadUInt32BigEndian(piece[sizeof(ushort)..]);
            piece = piece[GroupSnapshot.HeaderLength..];
            if (piece.Length < keyLength || (uint)(piece.Length - keyLength) < valueLength)
            {
                throw new InvalidDataException($"a piece of a state ends within a record: {keyLength} + {valueLength} bytes announced, {piece.Length} left");
            }

            piece[..keyLength].CopyTo(key.AsSpan(GroupSnapshot.PrefixLength));
            batch.Put(key.AsSpan(0, GroupSnapshot.PrefixLength + keyLength), piece.Slice(keyLength, (int)valueLength));
            piece = piece[(keyLength + (int)valueLength)..];
        }

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

namespace MfsHa.Replication.Streams;

/// <summary>
/// Names a stream: the changes that one writer makes in one life, numbered from 1 without gaps. The origin of a dotted version vector.
/// </summary>
/// <param name="Kind">Which <see cref="IReplicatedStreams"/> it belongs to.</param>
/// <param name="Owner">Whom it is about: a chunkserver id, a node id.</param>
/// <param name="Epoch">The life of the owner; a new life never continues an old stream.</param>
public readonly record struct StreamId(byte Kind, ushort Owner, ulong Epoch) : IComparable<StreamId>
{
    /// <inheritdoc/>
    public int CompareTo(StreamId other) => (Kind, Owner, Epoch).CompareTo((other.Kind, other.Owner, other.Epoch));

    /// <summary>Orders streams.</summary>
    public static bool operator <(StreamId a, StreamId b) => a.CompareTo(b) < 0;

    /// <summary>Orders streams.</summary>
    public static bool operator >(StreamId a, StreamId b) => a.CompareTo(b) > 0;

    /// <summary>Orders streams.</summary>
    public static bool operator <=(StreamId a, StreamId b) => a.CompareTo(b) <= 0;

    /// <summary>Orders streams.</summary>
    public static bool operator >=(StreamId a, StreamId b) => a.CompareTo(b) >= 0;
}

namespace MfsHa.Replication.Streams;

/// <summary>How far a replica has read which streams, and which it will not take any more because a later life of their owner superseded them. Not thread-safe.</summary>
public sealed class StreamDigest
{
    private readonly Dictionary<StreamId, StreamPosition> _positions = [];
    private readonly Dictionary<StreamOwner, ulong> _floors = [];

    /// <summary>The streams that are known.</summary>
    public IReadOnlyDictionary<StreamId, StreamPosition> Positions => _positions;

    /// <summary>Per owner the epoch below which its streams are over.</summary>
    public IReadOnlyDictionary<StreamOwner, ulong> Floors => _floors;

    /// <summary>Notes how far a stream has been read.</summary>
    public void Set(StreamId stream, StreamPosition position) => _positions[stream] = position;

    /// <summary>Notes the epoch below which an owner's streams are over.</summary>
    public void SetFloor(StreamOwner owner, ulong epoch) => _floors[owner] = epoch;

    /// <summary>True when the replica does not take the stream any more.</summary>
    public bool IsOver(StreamId stream) => _floors.TryGetValue(new StreamOwner(stream.Kind, stream.Owner), out var floor) && stream.Epoch < floor;
}

/// <summary>Whom streams are about, over all its lives.</summary>
/// <param name="Kind">Which <see cref="IReplicatedStreams"/> they belong to.</param>
/// <param name="Owner">A chunkserver id, a node id.</param>
public readonly record struct StreamOwner(byte Kind, ushort Owner);

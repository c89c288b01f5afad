using MfsHa.NodeLink;

namespace MfsHa.Replication.Locations;

/// <summary>
/// Chunk locations and the chunkserver registry: a map of last-writer-wins registers per (chunk, chunkserver incarnation). Each incarnation is a stream with
/// one writer, the node that the chunkserver is connected to; a write's stamp is its sequence number in that stream. Thread-safe, no I/O, no clock.
/// </summary>
/// <remarks>
/// Two things merge beside the streams: that a connection ended (a flag that is only ever set), and per chunkserver the epoch below which
/// connections were dropped (a maximum). That a later connection has reported completely supersedes the former ones too, but
/// each replica finds that out for itself, when it has that report: otherwise it would lose the old locations before it has the new ones.
/// Locks: an incarnation's, then a stripe's of the table; the registry's alone or inside an incarnation's.
/// </remarks>
public sealed partial class ChunkLocations : IChunkLocationView, IChunkServerReporter
{
    private readonly NodeId _self;
    private readonly LocationTable _table = new();
    private readonly IncarnationRegistry _registry;
    private long _summaryVersion;
    private long _merged;
    private long _superseded;
    private long _raised;
    private long _ended;

    /// <summary>Creates an empty map.</summary>
    /// <param name="self">This node, the writer of what is reported here.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    public ChunkLocations(NodeId self, ChunkLocationsOptions? options = null)
    {
        _self = self;
        _registry = new IncarnationRegistry(_table, (options ?? new ChunkLocationsOptions()).MaxTombstones);
    }

    /// <inheritdoc cref="Streams.IReplicatedStreams.Changed"/>
    public event Action? Changed;

    /// <inheritdoc/>
    public event Action<ChunkServerIncarnation>? ServerChanged;

    /// <summary>Chunks of which any copy or removal is recorded.</summary>
    public long ChunkCount => _table.ChunkCount;

    /// <summary>What became of what other nodes have sent. Since the start.</summary>
    public MergeCounts Merges => new(Interlocked.Read(ref _merged), Interlocked.Read(ref _superseded), Interlocked.Read(ref _raised), Interlocked.Read(ref _ended));

    /// <summary>How far the streams are read that are not over: the version vector of this state, in order.</summary>
    public IReadOnlyList<(ChunkServerIncarnation Stream, long Seen)> Clock()
    {
        var clock = new List<(ChunkServerIncarnation Stream, long Seen)>();
        foreach (var incarnation in _registry.All)
        {
            lock (incarnation.Lock)
            {
                if (!incarnation.IsOver)
                    clock.Add((incarnation.Id, incarnation.Position.Seen));
            }
        }

        return [.. clock.OrderBy(static c => c.Stream.ChunkServerId).ThenBy(static c => c.Stream.Epoch)];
    }

    /// <inheritdoc/>
    public void Drop(ChunkServerIncarnation incarnation)
    {
        RaiseFloor(incarnation.ChunkServerId, incarnation.Epoch + 1, isDecided: true);
        Changed?.Invoke();
    }

    private bool RaiseFloor(ushort chunkServerId, ulong epoch, bool isDecided)
    {
        if (_registry.RaiseFloor(chunkServerId, epoch, isDecided) is not { } over)
            return false;
        if (isDecided)
            Interlocked.Increment(ref _summaryVersion);
        foreach (var incarnation in over)
        {
            lock (incarnation.Lock)
            {
                incarnation.IsOver = true;
                incarnation.AbandonRead(_registry);
                _registry.Discard(incarnation.Current);
            }

            ServerChanged?.Invoke(incarnation.Id);
        }

        return true;
    }

    /// <summary>What follows a change of an incarnation, outside its lock.</summary>
    private void AfterChange(Incarnation incarnation, bool statusChanged)
    {
        if (statusChanged)
        {
            if (incarnation.Status is { IsComplete: true })
                RaiseFloor(incarnation.Id.ChunkServerId, incarnation.Id.Epoch, isDecided: false);
            ServerChanged?.Invoke(incarnation.Id);
        }

        Changed?.Invoke();
    }
}

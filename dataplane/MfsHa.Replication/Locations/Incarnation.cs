using MfsHa.Replication.Streams;

namespace MfsHa.Replication.Locations;

/// <summary>
/// One connection of a chunkserver, as a replica holds it. <see cref="Current"/> is always a state that existed at the writer. Everything is done under
/// <see cref="Lock"/>, except where said.
/// </summary>
internal sealed class Incarnation(ChunkServerIncarnation id, bool isLocal)
{
    /// <summary>Beyond so many bytes the pieces are not kept aside, but applied to an invisible content from the stream's beginning.</summary>
    private const long MaxStagedBytes = 16 << 20;

    private readonly PieceStaging _staging = new();
    private volatile ChunkServerStatus? _status;
    private volatile bool _isEnded;
    private long _buildingHorizon;
    private bool _hasMoved;
    private int _stuckTicks;

    public Lock Lock { get; } = new();

    public ChunkServerIncarnation Id { get; } = id;

    /// <summary>True when this process is the stream's writer.</summary>
    public bool IsLocal { get; } = isLocal;

    /// <summary>What is seen, here and by others.</summary>
    public required StreamContent Current { get; set; }

    /// <summary>What is being read from the stream's beginning; replaces <see cref="Current"/> when it has caught up.</summary>
    public StreamContent? Building { get; private set; }

    /// <summary>The connection ended; never undone, and anybody may say so. Read without lock.</summary>
    public bool IsEnded
    {
        get => _isEnded;
        set => _isEnded = value;
    }

    /// <summary>Superseded or dropped: nothing is taken any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>Null before anything of the stream is seen. Read without lock.</summary>
    public ChunkServerStatus? Status => _status;

    /// <summary>From where on the stream is to be read.</summary>
    public StreamPosition Position
        => Building is { } building ? building.Position
            : _staging.IsEmpty ? Current.Position
            : new StreamPosition(_staging.To, Math.Max(_staging.To, Current.ForgottenUpTo));

    /// <summary>Takes a piece. <paramref name="registry"/> gives and takes back contents that are built aside.</summary>
    public ApplyOutcome Take(long from, long to, PieceHead head, ReadOnlySpan<byte> piece, IncarnationRegistry registry)
    {
        var position = Position;
        if (to <= position.Seen)
            return ApplyOutcome.Old;
        // The second: the sender could not tell all removals to a replica that has seen something.
        if (from > position.Seen || (position.Seen > 0 && position.RemovalsSeen < head.Forgotten))
            return ApplyOutcome.Gap;
        var horizon = Building is not null ? _buildingHorizon : _staging.Horizon;
        if (position.Seen < horizon && head.Reflected < horizon)
            return ApplyOutcome.Refused;
        _hasMoved = true;
        _stuckTicks = 0;
        horizon = Math.Max(horizon, head.Reflected);

        if (Building is null && to < horizon && (Current.Seen == 0 || _staging.Bytes + piece.Length > MaxStagedBytes))
        {
            Restart(registry);
            if (from > 0)
                return ApplyOutcome.Gap;
        }

        if (Building is { } building)
            Build(building, from, to, horizon, piece, registry);
        else if (to < horizon)
            _staging.Add(from, to, head.Reflected, piece);
        else
            Settle(from, to, piece);
        return ApplyOutcome.Applied;
    }

    /// <summary>Forgets what was read aside and begins to read the stream from its beginning.</summary>
    public void Restart(IncarnationRegistry registry)
    {
        AbandonRead(registry);
        Building = registry.NewContent(this);
    }

    /// <summary>Forgets what was read aside.</summary>
    public void AbandonRead(IncarnationRegistry registry)
    {
        _staging.Clear();
        _buildingHorizon = 0;
        _stuckTicks = 0;
        if (Building is { } building)
            registry.Discard(building);
        Building = null;
    }

    /// <summary>Once per interval: gives up pieces whose rest does not come, because who had it is gone.</summary>
    public void Tick(int maxStuckTicks, IncarnationRegistry registry)
    {
        var isReading = Building is not null || !_staging.IsEmpty;
        _stuckTicks = isReading && !_hasMoved ? _stuckTicks + 1 : 0;
        _hasMoved = false;
        if (_stuckTicks >= maxStuckTicks)
            AbandonRead(registry);
    }

    /// <summary>Makes the snapshot anew. True when it differs.</summary>
    public bool RefreshStatus()
    {
        if (Current.Seen == 0)
            return false;
        var entry = Current.Entry.Value;
        var status = new ChunkServerStatus(Id, entry.Info, entry.Gateway, !IsEnded, Current.IsComplete);
        if (status == _status)
            return false;
        _status = status;
        return true;
    }

    private void Settle(long from, long to, ReadOnlySpan<byte> piece)
    {
        _staging.ApplyTo(Current);
        LocationPiece.Apply(Current, from, to, piece);
        Current.NoteState();
    }

    private void Build(StreamContent building, long from, long to, long horizon, ReadOnlySpan<byte> piece, IncarnationRegistry registry)
    {
        LocationPiece.Apply(building, from, to, piece);
        _buildingHorizon = horizon;
        if (to < horizon || to < Current.Seen)
            return;
        var former = Current;
        Current = building;
        Building = null;
        _buildingHorizon = 0;
        building.IsVisible = true;
        registry.Discard(former);
    }
}

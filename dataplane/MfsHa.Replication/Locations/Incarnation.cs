namespace MfsHa.Replication.Locations;

/// <summary>One connection of a chunkserver, as a replica holds it. Everything is done under <see cref="Lock"/>, except where said.</summary>
internal sealed class Incarnation(ChunkServerIncarnation id, bool isLocal)
{
    private volatile ChunkServerStatus _status = new(id, ChunkServerEntry.Unknown.Info, default, IsConnected: true, IsComplete: false);

    public Lock Lock { get; } = new();

    public ChunkServerIncarnation Id { get; } = id;

    /// <summary>True when this process is the stream's writer.</summary>
    public bool IsLocal { get; } = isLocal;

    /// <summary>What is seen.</summary>
    public required StreamContent Current { get; set; }

    /// <summary>What is being read anew because removals were missed; replaces <see cref="Current"/> when it has caught up.</summary>
    public StreamContent? Building { get; set; }

    /// <summary>The connection ended; never undone, and anybody may say so.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Superseded or dropped: nothing is taken any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>Read without lock.</summary>
    public ChunkServerStatus Status => _status;

    /// <summary>Where changes go.</summary>
    public StreamContent Target => Building ?? Current;

    /// <summary>Makes what was built the current content, if it has caught up; gives back the former one.</summary>
    public StreamContent? Promote()
    {
        if (Building is not { } built || built.Seen < Current.Seen)
            return null;
        var former = Current;
        Current = built;
        Building = null;
        built.IsVisible = true;
        former.IsVisible = false;
        return former;
    }

    /// <summary>Makes the snapshot anew. True when it differs.</summary>
    public bool RefreshStatus()
    {
        var entry = Current.Entry.Value;
        var status = new ChunkServerStatus(Id, entry.Info, entry.Gateway, !IsEnded, Current.IsComplete);
        if (status == _status)
            return false;
        _status = status;
        return true;
    }
}

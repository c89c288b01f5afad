namespace MfsHa.Cluster.Push;

/// <summary>
/// Delivers notifications to client sessions connected to this node (client-protocol 3.8). Implemented by the gateway,
/// called by the cluster layer on the node that the session is connected to. Never blocks.
/// </summary>
public interface IClientNotifier
{
    /// <summary>Sends the notification to every connection here whose session is listed, except that of <see cref="ClientNotification.ExceptSession"/>.</summary>
    void Notify(ClientNotification notification);
}

/// <summary>What other clients must hear about an inode.</summary>
[MemoryPack.MemoryPackable]
public sealed partial record ClientNotification
{
    /// <summary>What happened.</summary>
    public required ClientNotificationKind Kind { get; init; }

    /// <summary>Sessions that have the inode open.</summary>
    public required uint[] Sessions { get; init; }

    /// <summary>The session that caused it and needs no notification; 0 = none.</summary>
    public uint ExceptSession { get; init; }

    /// <summary>The inode.</summary>
    public uint Inode { get; init; }

    /// <summary>Chunk index.</summary>
    public uint Index { get; init; }

    /// <summary>Chunk id.</summary>
    public ulong Chunk { get; init; }

    /// <summary>Chunk version.</summary>
    public uint Version { get; init; }

    /// <summary>File length, bytes.</summary>
    public ulong Length { get; init; }

    /// <summary>True when the chunk was cut.</summary>
    public bool Truncated { get; init; }

    /// <summary>Changed range in the chunk: offset, bytes.</summary>
    public uint Offset { get; init; }

    /// <summary>Changed range in the chunk: size, bytes.</summary>
    public uint Size { get; init; }
}

/// <summary>Kinds of notifications.</summary>
public enum ClientNotificationKind : byte
{
    /// <summary>CHUNK_HAS_CHANGED (702).</summary>
    ChunkChanged = 1,

    /// <summary>FLENG_HAS_CHANGED (703).</summary>
    LengthChanged = 2,

    /// <summary>INVALIDATE_CHUNK_CACHE (706), to every session; the list is ignored.</summary>
    InvalidateChunkCache = 3,
}

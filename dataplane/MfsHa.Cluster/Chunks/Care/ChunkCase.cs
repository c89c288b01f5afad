namespace MfsHa.Cluster.Chunks.Care;

/// <summary>A chunk as it is decided upon.</summary>
/// <param name="Id">Chunk id.</param>
/// <param name="Version">Its committed version.</param>
public sealed record ChunkCase(ulong Id, uint Version)
{
    /// <summary>Slots of files that refer to it.</summary>
    public uint References { get; init; } = 1;

    /// <summary>True while it is locked.</summary>
    public bool IsLocked { get; init; }

    /// <summary>True when it was decided that it goes.</summary>
    public bool IsCondemned { get; init; }

    /// <summary>Chunkservers whose copies were decided to go.</summary>
    public IReadOnlyList<ushort> CondemnedAt { get; init; } = [];

    /// <summary>Version before an order that was committed and perhaps never executed; null when the last order was.</summary>
    public uint? VersionBeforeWork { get; init; }

    /// <summary>The only chunkservers whose copies may get the committed version after that order, because a client has perhaps written after it; null if there was no such write.</summary>
    public IReadOnlyList<ushort>? HealedOnlyAt { get; init; }

    /// <summary>True when there are parts of erasure coding.</summary>
    public bool HasParts { get; init; }

    /// <summary>The copies that it should have; null when nobody knows.</summary>
    public required WantedCopies? Wanted { get; init; }

    /// <summary>All full copies that are known, those on absent chunkservers and damaged ones included.</summary>
    public required IReadOnlyList<CopyCase> Copies { get; init; }
}

/// <summary>A full copy.</summary>
/// <param name="Server">Chunkserver id.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsMarkedForRemoval">True when its disk is marked for removal.</param>
/// <param name="IsDamaged">True when its chunkserver says that it is damaged.</param>
public readonly record struct CopyCase(ushort Server, uint Version, bool IsMarkedForRemoval = false, bool IsDamaged = false);

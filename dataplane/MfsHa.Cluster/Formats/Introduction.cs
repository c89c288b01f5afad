using MemoryPack;

namespace MfsHa.Cluster.Formats;

/// <summary>What a node says of itself to whoever leads the system group or lets it in. May grow: readers ignore what they do not know.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record Introduction
{
    /// <summary>Its data directory.</summary>
    [MemoryPackOrder(0)]
    public required uint Incarnation { get; init; }

    /// <summary>The lowest format level that it reads.</summary>
    [MemoryPackOrder(1)]
    public required byte OldestFormat { get; init; }

    /// <summary>The highest format level that it reads and writes.</summary>
    [MemoryPackOrder(2)]
    public required byte NewestFormat { get; init; }

    /// <summary>The name of its release.</summary>
    [MemoryPackOrder(3)]
    public required string Release { get; init; }

    /// <summary>MFSHA_REGION.</summary>
    [MemoryPackOrder(4)]
    public required string Region { get; init; }
}

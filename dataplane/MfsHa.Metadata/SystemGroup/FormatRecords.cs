using MemoryPack;
using MfsHa.Metadata.Formats;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>The format level of the cluster: what is written is of no higher one. No record means <see cref="First"/>.</summary>
/// <param name="Level">The level.</param>
[MemoryPackable]
public sealed partial record ClusterFormat(byte Level)
{
    /// <summary>The level of clusters that have never raised it.</summary>
    public static readonly ClusterFormat First = new(1);
}

/// <summary>The format levels that a node has announced.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record NodeFormats
{
    /// <summary>Longest name of a release, characters.</summary>
    public const int MaxReleaseLength = 64;

    /// <summary>The node.</summary>
    [MemoryPackOrder(0)]
    public required ushort Node { get; init; }

    /// <summary>Its data directory.</summary>
    [MemoryPackOrder(1)]
    public required uint Incarnation { get; init; }

    /// <summary>The lowest level that it reads, at least 1.</summary>
    [MemoryPackOrder(2)]
    public required byte Oldest { get; init; }

    /// <summary>The highest level that it reads and writes.</summary>
    [MemoryPackOrder(3)]
    public required byte Newest { get; init; }

    /// <summary>The name of its release.</summary>
    [MemoryPackOrder(4)]
    public required string Release { get; init; }

    /// <summary>True when the fields are in range.</summary>
    [MemoryPackIgnore]
    public bool IsValid => Node != 0 && Incarnation != 0 && Oldest > 0 && Oldest <= Newest && Release.Length <= MaxReleaseLength;

    /// <summary>True when it reads a level.</summary>
    public bool Reads(byte level) => level >= Oldest && level <= Newest;
}

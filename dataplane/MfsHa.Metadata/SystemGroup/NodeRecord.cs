using MemoryPack;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>States of a node (design.md 5). Part of the storage format.</summary>
public enum NodeState : byte
{
    /// <summary>Added, catching up.</summary>
    Joining = 1,

    /// <summary>A full member.</summary>
    Active = 2,

    /// <summary>Gives its replicas and leaderships away, to be removed.</summary>
    Draining = 3,

    /// <summary>Gone; its data directory never comes back.</summary>
    Removed = 4,
}

/// <summary>One node.</summary>
[MemoryPackable]
public sealed partial record NodeRecord
{
    /// <summary>Most former incarnations that are remembered.</summary>
    public const int MaxRetired = 64;

    /// <summary>Longest address or region, characters.</summary>
    public const int MaxTextLength = 255;

    /// <summary>Node id, 1..65535.</summary>
    public required ushort Node { get; init; }

    /// <summary>Tells the node's data directory from earlier ones; never 0.</summary>
    public required uint Incarnation { get; init; }

    /// <summary>Where other nodes reach it: host:port of the node link.</summary>
    public required string Address { get; init; }

    /// <summary>Failure domain; placement prefers different ones. May be empty.</summary>
    public string Region { get; init; } = "";

    /// <summary>Preference for leadership, higher first.</summary>
    public byte Priority { get; init; }

    /// <summary>What it is doing.</summary>
    public NodeState State { get; init; } = NodeState.Joining;

    /// <summary>Since when it is in this state, Unix seconds.</summary>
    public uint Since { get; init; }

    /// <summary>Former incarnations, oldest first; they never come back (design.md 10).</summary>
    public uint[] Retired { get; init; } = [];

    /// <summary>True when the fields that its sender chooses are in range.</summary>
    [MemoryPackIgnore]
    public bool IsValid => Node != 0 && Incarnation != 0 && Address.Length is > 0 and <= MaxTextLength && Region.Length <= MaxTextLength;
}

namespace MfsHa.Replication.Locations.Comparison;

/// <summary>What a stream amounts to after one of its changes: the same on all nodes that have got there.</summary>
/// <param name="Seen">The change.</param>
/// <param name="Copies">Live copies.</param>
/// <param name="Checksum">Over the live copies: chunk id with part, sequence number, version, flags. Removals are left out: they are forgotten at different times.</param>
/// <param name="Register">Over the registry's register and its stamp; 0 before there is one.</param>
public readonly record struct ContentState(long Seen, long Copies, ulong Checksum, ulong Register);

/// <summary>How far the comparison of a stream has got on a node.</summary>
public enum ScanOutcome
{
    /// <summary>The stream is not known here.</summary>
    Unknown,

    /// <summary>It is superseded or dropped here.</summary>
    Over,

    /// <summary>Its copies are being counted: go on.</summary>
    UnderWay,

    /// <summary>All are counted, and states are remembered.</summary>
    CaughtUp,

    /// <summary>As many comparisons as are possible at once are under way.</summary>
    Refused,
}

/// <summary>What one step of a comparison has brought.</summary>
/// <param name="Outcome">How far it is.</param>
/// <param name="States">States that the stream had here since all was counted, the last ones, in order.</param>
public sealed record ScanStep(ScanOutcome Outcome, IReadOnlyList<ContentState> States);

/// <summary>One copy as it stands in a replica.</summary>
/// <param name="ChunkId">The chunk; its top byte is the part.</param>
/// <param name="Sequence">The change that says so; 0 when nothing is remembered of it.</param>
/// <param name="Version">Its version.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="IsPresent">False: removed, or never there.</param>
public readonly record struct CopyState(ulong ChunkId, long Sequence, uint Version, ChunkFlags Flags, bool IsPresent);

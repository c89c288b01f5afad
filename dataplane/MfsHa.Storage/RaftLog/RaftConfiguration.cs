namespace MfsHa.Storage.RaftLog;

/// <summary>The members of a group as last applied.</summary>
/// <param name="Version">Log index of the entry that set them; 0 for the initial ones, -1 for none.</param>
/// <param name="Members">The members as the consensus layer encodes them.</param>
public readonly record struct RaftConfiguration(long Version, ReadOnlyMemory<byte> Members)
{
    /// <summary>A group that was never told its members.</summary>
    public static readonly RaftConfiguration None = new(-1, ReadOnlyMemory<byte>.Empty);
}

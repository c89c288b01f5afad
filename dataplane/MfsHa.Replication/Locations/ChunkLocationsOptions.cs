namespace MfsHa.Replication.Locations;

/// <summary>Limits of the chunk locations.</summary>
public sealed record ChunkLocationsOptions
{
    /// <summary>Removals remembered per connection of a chunkserver, for members that have not seen them; a member that missed more reads the connection's chunks anew.</summary>
    public int MaxTombstones { get; init; } = 100_000;
}

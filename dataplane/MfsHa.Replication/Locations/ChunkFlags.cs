namespace MfsHa.Replication.Locations;

/// <summary>What a chunkserver says about a copy besides its version.</summary>
[Flags]
public enum ChunkFlags : byte
{
    /// <summary>A good copy.</summary>
    None = 0,

    /// <summary>It is on a disk that is marked for removal (bit 31 of the version in chunk lists, <c>mfsmaster/matocsserv.c: matocsserv_register</c>).</summary>
    MarkedForRemoval = 1,

    /// <summary>The chunkserver reported it damaged.</summary>
    Damaged = 2,
}

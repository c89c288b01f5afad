namespace MfsHa.Replication.Locations;

/// <summary>What a chunkserver tells about itself (packets REGISTER, SPACE, CURRENT_LOAD, LABELS; <c>mfsmaster/matocsserv.c</c>).</summary>
public sealed record ChunkServerInfo
{
    /// <summary>IPv4 address for clients, most significant byte first in the number.</summary>
    public uint Ip { get; init; }

    /// <summary>Port for clients.</summary>
    public ushort Port { get; init; }

    /// <summary>Version as on the wire: <c>major&lt;&lt;16 | mid&lt;&lt;8 | minor*2</c>.</summary>
    public uint Version { get; init; }

    /// <summary>Labels: bit 0 is A, bit 25 is Z.</summary>
    public uint Labels { get; init; }

    /// <summary>Used bytes on disks in normal use.</summary>
    public ulong UsedSpace { get; init; }

    /// <summary>Total bytes of disks in normal use; 0 until the disks have been scanned.</summary>
    public ulong TotalSpace { get; init; }

    /// <summary>Chunks on disks in normal use.</summary>
    public uint Chunks { get; init; }

    /// <summary>Used bytes on disks marked for removal.</summary>
    public ulong RemovalUsedSpace { get; init; }

    /// <summary>Total bytes of disks marked for removal.</summary>
    public ulong RemovalTotalSpace { get; init; }

    /// <summary>Chunks on disks marked for removal.</summary>
    public uint RemovalChunks { get; init; }

    /// <summary>Load: jobs in its queue.</summary>
    public uint Load { get; init; }

    /// <summary>Heavy-load state (hlstatus): 0 unknown, 1 ok, 2 overloaded, 3 low-speed rebalance, 4 grace, 5 high-speed rebalance.</summary>
    public byte HeavyLoadStatus { get; init; }

    /// <summary>I/O errors reported on this connection.</summary>
    public uint Errors { get; init; }
}

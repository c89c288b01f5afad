namespace MfsHa.Cluster.Chunks.Care;

/// <summary>A known chunkserver as the care of copies sees it.</summary>
/// <param name="Id">Chunkserver id.</param>
public sealed record CareServer(ushort Id)
{
    /// <summary>IPv4 address.</summary>
    public uint Address { get; init; }

    /// <summary>Label mask, bit 0 = 'A'.</summary>
    public uint Labels { get; init; }

    /// <summary>Space of its disks in normal use, bytes; 0 until they have been scanned.</summary>
    public ulong TotalBytes { get; init; }

    /// <summary>Used space of these, bytes.</summary>
    public ulong UsedBytes { get; init; }

    /// <summary>True when it is connected, has listed all its chunks and its node is alive.</summary>
    public bool IsPresent { get; init; } = true;

    /// <summary>True when it is absent for so long, without being in maintenance, that its copies are replaced.</summary>
    public bool IsGone { get; init; }

    /// <summary>True while an administrator, or its own goodbye, keeps its copies from being replaced.</summary>
    public bool IsInMaintenance { get; init; }

    /// <summary>True while it reports that it is overloaded or rebalances at high speed (hlstatus 2, 5).</summary>
    public bool IsOverloaded { get; init; }

    /// <summary>True when a complete list of its chunks is known, be it from a connection that has ended.</summary>
    public bool HasListing { get; init; } = true;

    /// <summary>Used part of its space, 0..1.</summary>
    public double Usage => TotalBytes == 0 ? 1 : Math.Min(1, UsedBytes / (double)TotalBytes);

    /// <summary>True when more than a hundredth is free (chunkserver-protocol 7.3).</summary>
    public bool HasSpace => TotalBytes > UsedBytes && TotalBytes - UsedBytes > TotalBytes / 100;
}

using MemoryPack;

namespace MfsHa.Cluster.Status;

/// <summary>What one node says of itself.</summary>
[MemoryPackable]
public sealed partial record NodeReport
{
    /// <summary>Node id.</summary>
    public required ushort Node { get; init; }

    /// <summary>Its build.</summary>
    public required string Version { get; init; }

    /// <summary>The cluster that its data directory belongs to; empty before.</summary>
    public required Guid Cluster { get; init; }

    /// <summary>True when it serves clients.</summary>
    public required bool Ready { get; init; }

    /// <summary>Seconds since its start.</summary>
    public required long UptimeSeconds { get; init; }

    /// <summary>Resident memory, bytes.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Its replicas.</summary>
    public required ReplicaReport[] Replicas { get; init; }

    /// <summary>HA_RAFT_PRIORITY.</summary>
    public int Priority { get; init; }

    /// <summary>Chunkservers that it knows of, connected anywhere.</summary>
    public required int ChunkServers { get; init; }

    /// <summary>True while it gives its leaderships away.</summary>
    public bool Draining { get; init; }

    /// <summary>Tells its data directory from former ones.</summary>
    public uint Incarnation { get; init; }
}

/// <summary>One replica of a group.</summary>
[MemoryPackable]
public sealed partial record ReplicaReport
{
    /// <summary>Group: 0 the system group, 1 + n shard n.</summary>
    public required ushort Group { get; init; }

    /// <summary>The leader as this node sees it; 0 during an election.</summary>
    public required ushort Leader { get; init; }

    /// <summary>Raft term.</summary>
    public required long Term { get; init; }

    /// <summary>True when this node leads and serves.</summary>
    public required bool IsReadyLeader { get; init; }

    /// <summary>Index of the last applied entry.</summary>
    public required long Applied { get; init; }

    /// <summary>Index up to which the state is on stable storage.</summary>
    public required long Durable { get; init; }

    /// <summary>Decoded records in memory.</summary>
    public required int HotRecords { get; init; }

    /// <summary>Members of the group.</summary>
    public required ushort[] Members { get; init; }
}

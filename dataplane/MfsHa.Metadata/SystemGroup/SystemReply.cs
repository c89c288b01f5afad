using MemoryPack;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>The system group's answer. Tags are the wire format between nodes: never reused.</summary>
[MemoryPackable]
[MemoryPackUnion(1, typeof(SystemStatus))]
[MemoryPackUnion(2, typeof(ClusterReply))]
[MemoryPackUnion(3, typeof(NodesReply))]
[MemoryPackUnion(4, typeof(SessionReply))]
[MemoryPackUnion(5, typeof(SessionsReply))]
[MemoryPackUnion(6, typeof(SessionIdsReply))]
[MemoryPackUnion(7, typeof(ChunkServerReply))]
[MemoryPackUnion(8, typeof(ChunkServersReply))]
[MemoryPackUnion(9, typeof(ExportsReply))]
[MemoryPackUnion(10, typeof(OptionsReply))]
[MemoryPackUnion(11, typeof(LeasesReply))]
[MemoryPackUnion(12, typeof(PlacementsReply))]
[MemoryPackUnion(13, typeof(FormatsReply))]
[MemoryPackUnion(14, typeof(ForcedPlacementsReply))]
public abstract partial record SystemReply
{
    /// <summary>Outcome; everything but <see cref="StatusCode.Ok"/> means that nothing changed.</summary>
    [MemoryPackIgnore]
    public virtual StatusCode Status => StatusCode.Ok;
}

/// <summary>Only a status.</summary>
[MemoryPackable]
public sealed partial record SystemStatus(StatusCode Code) : SystemReply
{
    /// <summary>Success without data.</summary>
    public static readonly SystemStatus Ok = new(StatusCode.Ok);

    /// <inheritdoc/>
    public override StatusCode Status => Code;
}

/// <summary>The cluster's identity.</summary>
[MemoryPackable]
public sealed partial record ClusterReply(ClusterRecord Cluster) : SystemReply;

/// <summary>All nodes, ascending by number.</summary>
[MemoryPackable]
public sealed partial record NodesReply(NodeRecord[] Nodes) : SystemReply;

/// <summary>One session.</summary>
[MemoryPackable]
public sealed partial record SessionReply(SessionRecord Session) : SystemReply;

/// <summary>A page of sessions, ascending by id.</summary>
[MemoryPackable]
public sealed partial record SessionsReply(SessionRecord[] Sessions) : SystemReply;

/// <summary>Ids of sessions, ascending.</summary>
[MemoryPackable]
public sealed partial record SessionIdsReply(uint[] Sessions) : SystemReply;

/// <summary>One chunkserver.</summary>
/// <param name="Server">Its record after the change.</param>
/// <param name="Change">How it was found.</param>
[MemoryPackable]
public sealed partial record ChunkServerReply(ChunkServerRecord Server, ChunkServerChange Change) : SystemReply;

/// <summary>All known chunkservers, ascending by id.</summary>
[MemoryPackable]
public sealed partial record ChunkServersReply(ChunkServerRecord[] Servers) : SystemReply;

/// <summary>The exports.</summary>
[MemoryPackable]
public sealed partial record ExportsReply(ExportsRecord Exports) : SystemReply;

/// <summary>Options of the dynamic configuration, ascending by name.</summary>
[MemoryPackable]
public sealed partial record OptionsReply(Option[] Options) : SystemReply;

/// <summary>Which shard may use which ids, ascending.</summary>
[MemoryPackable]
public sealed partial record LeasesReply(IdLease[] Leases) : SystemReply;

/// <summary>Where the shards' replicas are, ascending by shard.</summary>
[MemoryPackable]
public sealed partial record PlacementsReply(PlacementRecord[] Placements) : SystemReply;

/// <summary>Format levels.</summary>
/// <param name="Level">The cluster's.</param>
/// <param name="Nodes">What nodes have announced, ascending by number.</param>
[MemoryPackable]
public sealed partial record FormatsReply(byte Level, NodeFormats[] Nodes) : SystemReply;

/// <summary>Shards that are where a person has insisted on, ascending.</summary>
[MemoryPackable]
public sealed partial record ForcedPlacementsReply(ushort[] Shards) : SystemReply;

using MfsHa.Admin.Contract;

namespace MfsHa.Node.Admin;

/// <summary>
/// What the admin service needs of a node. The messages are those of the service, so that there is one description of them (admin.proto says
/// what each field means). Thread-safe.
/// </summary>
public interface INodeStatusSource
{
    /// <summary>True when this node serves: it is a member, its groups have leaders and it has caught up. Asked often, must not wait.</summary>
    bool IsReady { get; }

    /// <summary>The cluster as seen from here. Peers that do not answer within a fraction of a second are offline.</summary>
    Task<ClusterStatus> GetStatusAsync(CancellationToken cancellation);

    /// <summary>Checksums of all replicas of all groups, each group's at one log index.</summary>
    IAsyncEnumerable<ReplicaChecksum> CheckConsistencyAsync(CancellationToken cancellation);

    /// <summary>Has the leader of a group give its leadership away; returns when another leads.</summary>
    /// <exception cref="AdminException">Refused or impossible now.</exception>
    Task<ResignReply> ResignAsync(ResignRequest request, CancellationToken cancellation);

    /// <summary>Takes a node out of all groups.</summary>
    /// <exception cref="AdminException">Refused or impossible now.</exception>
    Task<MembershipReply> RemoveNodeAsync(RemoveNodeRequest request, CancellationToken cancellation);

    /// <summary>Has a node lead nothing, or lets it lead again.</summary>
    /// <exception cref="AdminException">Refused or impossible now.</exception>
    Task<DrainNodeReply> DrainNodeAsync(DrainNodeRequest request, CancellationToken cancellation);

    /// <summary>Adds a node, also one that was removed and lost its disk.</summary>
    /// <exception cref="AdminException">Refused or impossible now.</exception>
    Task<MembershipReply> AddNodeAsync(AddNodeRequest request, CancellationToken cancellation);

    /// <summary>The metadata of the whole cluster as a metadata.mfs.</summary>
    /// <exception cref="AdminException">Refused or impossible now.</exception>
    IAsyncEnumerable<ExportedMetadata> ExportMetadataAsync(ExportMetadataRequest request, CancellationToken cancellation);

    /// <summary>Copies of chunks may be deleted again after a restore.</summary>
    /// <exception cref="AdminException">Impossible now.</exception>
    Task<ReleaseDeletionsReply> ReleaseDeletionsAsync(CancellationToken cancellation);
}

using MfsHa.Admin.Contract;

namespace MfsHa.Operator.NodeCalls;

/// <summary>The nodes' admin service: the only way in which the operator talks to them.</summary>
public interface INodeAdmin
{
    /// <summary>What the first node that answers says of the cluster; null: none answers.</summary>
    Task<ClusterStatus?> StatusAsync(NodeAccess access, CancellationToken cancellation);

    /// <summary>Keys that the cluster itself holds, with their values; null: no node answers.</summary>
    Task<IReadOnlyDictionary<string, string>?> OptionsAsync(NodeAccess access, CancellationToken cancellation);

    /// <summary>What nodes have read of certificates, by node; those that do not say are left out. Null: no node answers.</summary>
    Task<IReadOnlyDictionary<int, TlsDetails>?> CertificatesAsync(NodeAccess access, CancellationToken cancellation);

    /// <summary>Sets a key for all nodes while they run; value null: what their files say counts again.</summary>
    Task SetOptionAsync(NodeAccess access, string key, string? value, CancellationToken cancellation);

    /// <summary>Has a node give its leaderships away.</summary>
    Task MoveLeadersAsync(NodeAccess access, int node, CancellationToken cancellation);

    /// <summary>
    /// Decides that nodes get their share of the replicas, from those that have most; what was decided, in words, null: nothing was to be. Refused while one of them is drained or does not answer; the same again
    /// changes nothing.
    /// </summary>
    Task<string?> GiveSharesAsync(NodeAccess access, IReadOnlyList<int> nodes, CancellationToken cancellation);

    /// <summary>Replicas that are on their way, in words; null: all are where they are to be.</summary>
    Task<string?> MovesAsync(NodeAccess access, CancellationToken cancellation);

    /// <summary>Spreads the leaders over the nodes; why they are not spread yet, null: they are.</summary>
    Task<string?> RebalanceAsync(NodeAccess access, CancellationToken cancellation);

    /// <summary>After a restore: copies of chunks may be deleted again.</summary>
    Task ReleaseDeletionsAsync(NodeAccess access, CancellationToken cancellation);

    /// <summary>Compares the checksums of all replicas; what differs or could not be had, null: all are equal.</summary>
    Task<string?> DifferenceAsync(NodeAccess access, CancellationToken cancellation);

    /// <summary>Makes a node a member of all groups, as a replacement in the place of the dead one of its number; returns when it has caught up.</summary>
    Task AddAsync(NodeAccess access, int node, string host, int port, bool isReplacement, CancellationToken cancellation);

    /// <summary>Takes a node out of all groups.</summary>
    Task RemoveAsync(NodeAccess access, int node, CancellationToken cancellation);

    /// <summary>A majority is lost for good: makes the named nodes, one of which is asked, the members of all groups, and gives all others up. Refused while that must not be; may be repeated.</summary>
    Task ForceQuorumAsync(NodeAccess access, IReadOnlyList<int> nodes, CancellationToken cancellation);
}

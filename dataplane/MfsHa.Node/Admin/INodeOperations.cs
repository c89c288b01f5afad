using MfsHa.Admin.Contract;

namespace MfsHa.Node.Admin;

/// <summary>Day-2 operations, as operations.proto describes them. Any of them may throw <see cref="AdminException"/>. Thread-safe.</summary>
public interface INodeOperations
{
    /// <summary>What nodes measure of themselves.</summary>
    Task<GetNodeDetailsReply> GetNodeDetailsAsync(GetNodeDetailsRequest request, CancellationToken cancellation);

    /// <summary>One round trip to each node.</summary>
    Task<PingNodesReply> PingNodesAsync(PingNodesRequest request, CancellationToken cancellation);

    /// <summary>Has a node give away all leaderships.</summary>
    Task<ElectLeadersReply> ElectLeadersAsync(ElectLeadersRequest request, CancellationToken cancellation);

    /// <summary>Spreads leaders over the nodes.</summary>
    Task<RebalanceLeadersReply> RebalanceLeadersAsync(CancellationToken cancellation);

    /// <summary>One small change of every group.</summary>
    Task<ProbeGroupsReply> ProbeGroupsAsync(CancellationToken cancellation);

    /// <summary>Has nodes read their configuration again.</summary>
    Task<ReloadConfigurationReply> ReloadConfigurationAsync(ReloadConfigurationRequest request, CancellationToken cancellation);

    /// <summary>The configuration in force on a node.</summary>
    Task<GetConfigurationReply> GetConfigurationAsync(GetConfigurationRequest request, CancellationToken cancellation);

    /// <summary>Sets a key for all nodes.</summary>
    Task<SetConfigurationReply> SetConfigurationAsync(SetConfigurationRequest request, CancellationToken cancellation);

    /// <summary>Goes on with the named nodes when a majority is lost for good.</summary>
    Task<ForceQuorumReply> ForceQuorumAsync(ForceQuorumRequest request, CancellationToken cancellation);

    /// <summary>Decides that a shard's replica moves.</summary>
    Task<MigrateShardReply> MigrateShardAsync(MigrateShardRequest request, CancellationToken cancellation);

    /// <summary>Where replicas are, and are to be.</summary>
    Task<GetMigrationsReply> GetMigrationsAsync(CancellationToken cancellation);

    /// <summary>Decides that named nodes get their whole share of the replicas.</summary>
    Task<GiveSharesReply> GiveSharesAsync(GiveSharesRequest request, CancellationToken cancellation);

    /// <summary>What nodes lack of the CRDT state; has them get it on demand.</summary>
    Task<ReconcileReply> ReconcileAsync(ReconcileRequest request, CancellationToken cancellation);

    /// <summary>Compares what nodes have of the CRDT state.</summary>
    Task<CompareCrdtReply> CompareCrdtAsync(CancellationToken cancellation);

    /// <summary>Has nodes drop their caches.</summary>
    Task<CleanCachesReply> CleanCachesAsync(CleanCachesRequest request, CancellationToken cancellation);
}

using Grpc.Core;
using MfsHa.Admin.Contract;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Admin;

/// <summary>The gRPC side of day-2 operations: passes calls on, and failures back.</summary>
internal sealed class OperationsService(INodeOperations operations, ILogger<OperationsService> logger) : Operations.OperationsBase
{
    public override Task<GetNodeDetailsReply> GetNodeDetails(GetNodeDetailsRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.GetNodeDetailsAsync(request, context.CancellationToken), logger);

    public override Task<PingNodesReply> PingNodes(PingNodesRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.PingNodesAsync(request, context.CancellationToken), logger);

    public override Task<ElectLeadersReply> ElectLeaders(ElectLeadersRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.ElectLeadersAsync(request, context.CancellationToken), logger);

    public override Task<RebalanceLeadersReply> RebalanceLeaders(RebalanceLeadersRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.RebalanceLeadersAsync(context.CancellationToken), logger);

    public override Task<ProbeGroupsReply> ProbeGroups(ProbeGroupsRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.ProbeGroupsAsync(context.CancellationToken), logger);

    public override Task<ReloadConfigurationReply> ReloadConfiguration(ReloadConfigurationRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.ReloadConfigurationAsync(request, context.CancellationToken), logger);

    public override Task<GetConfigurationReply> GetConfiguration(GetConfigurationRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.GetConfigurationAsync(request, context.CancellationToken), logger);

    public override Task<SetConfigurationReply> SetConfiguration(SetConfigurationRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.SetConfigurationAsync(request, context.CancellationToken), logger);

    public override Task<ForceQuorumReply> ForceQuorum(ForceQuorumRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.ForceQuorumAsync(request, context.CancellationToken), logger);

    public override Task<MigrateShardReply> MigrateShard(MigrateShardRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.MigrateShardAsync(request, context.CancellationToken), logger);

    public override Task<GetMigrationsReply> GetMigrations(GetMigrationsRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.GetMigrationsAsync(context.CancellationToken), logger);

    public override Task<GiveSharesReply> GiveShares(GiveSharesRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.GiveSharesAsync(request, context.CancellationToken), logger);

    public override Task<ReconcileReply> Reconcile(ReconcileRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.ReconcileAsync(request, context.CancellationToken), logger);

    public override Task<CompareCrdtReply> CompareCrdt(CompareCrdtRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.CompareCrdtAsync(context.CancellationToken), logger);

    public override Task<CleanCachesReply> CleanCaches(CleanCachesRequest request, ServerCallContext context) =>
        AdminCalls.RunAsync(() => operations.CleanCachesAsync(request, context.CancellationToken), logger);
}

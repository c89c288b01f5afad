using Grpc.Core;
using MfsHa.Admin.Contract;
using Microsoft.Extensions.Logging;
using Contract = MfsHa.Admin.Contract.Admin;

namespace MfsHa.Node.Admin;

/// <summary>The gRPC side of the admin service: passes calls on, and failures back.</summary>
internal sealed class AdminService(INodeStatusSource source, ILogger<AdminService> logger) : Contract.AdminBase
{
    public override Task<ClusterStatus> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        CallAsync(() => source.GetStatusAsync(context.CancellationToken));

    public override Task<ResignReply> Resign(ResignRequest request, ServerCallContext context) =>
        CallAsync(() => source.ResignAsync(request, context.CancellationToken));

    public override Task<MembershipReply> RemoveNode(RemoveNodeRequest request, ServerCallContext context) =>
        CallAsync(() => source.RemoveNodeAsync(request, context.CancellationToken));

    public override Task<DrainNodeReply> DrainNode(DrainNodeRequest request, ServerCallContext context) =>
        CallAsync(() => source.DrainNodeAsync(request, context.CancellationToken));

    public override Task<MembershipReply> AddNode(AddNodeRequest request, ServerCallContext context) =>
        CallAsync(() => source.AddNodeAsync(request, context.CancellationToken));

    public override Task CheckConsistency(
        CheckConsistencyRequest request, IServerStreamWriter<ReplicaChecksum> responseStream, ServerCallContext context) =>
        CallAsync(async () =>
        {
            await foreach (ReplicaChecksum checksum in source.CheckConsistencyAsync(context.CancellationToken).ConfigureAwait(false))
            {
                await responseStream.WriteAsync(checksum, context.CancellationToken).ConfigureAwait(false);
            }

            return true;
        });

    public override Task ExportMetadata(ExportMetadataRequest request, IServerStreamWriter<ExportedMetadata> responseStream, ServerCallContext context) =>
        CallAsync(async () =>
        {
            await foreach (ExportedMetadata message in source.ExportMetadataAsync(request, context.CancellationToken).ConfigureAwait(false))
            {
                await responseStream.WriteAsync(message, context.CancellationToken).ConfigureAwait(false);
            }

            return true;
        });

    public override Task<ReleaseDeletionsReply> ReleaseDeletions(ReleaseDeletionsRequest request, ServerCallContext context) =>
        CallAsync(() => source.ReleaseDeletionsAsync(context.CancellationToken));

    private Task<T> CallAsync<T>(Func<Task<T>> call) => AdminCalls.RunAsync(call, logger);
}

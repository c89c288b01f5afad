using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>QUOTACONTROL: reads, sets or removes limits, and answers with what is then in force (client-protocol 3.5).</summary>
internal sealed class QuotaHandler : OperationHandler<Wire.QuotaControlRequest>
{
    /// <inheritdoc/>
    protected override Operation ToOperation(Wire.QuotaControlRequest request, in RequestContext context)
    {
        if (request is { Setting: null, Flags: QuotaFlags.None })
        {
            return new GetQuota(request.Inode, context.Anonymous());
        }

        var setting = request.Setting;
        return new SetQuota
        {
            Inode = request.Inode,
            Flags = request.Flags,
            Removes = setting is null,
            GraceSeconds = setting?.GraceSeconds ?? SetQuota.KeepGrace,
            Soft = ToAmounts(setting?.Soft),
            Hard = ToAmounts(setting?.Hard),
            Caller = context.Anonymous(),
            Stamp = context.Stamp(),
        };
    }

    /// <inheritdoc/>
    /// <remarks>Only a root that is nobody else may change quotas (`mfsmaster/matoclserv.c: matoclserv_fuse_quotacontrol`).</remarks>
    protected override StatusCode Refuse(Wire.QuotaControlRequest request, in RequestContext context)
    {
        var changes = request.Setting is not null || request.Flags != QuotaFlags.None;
        return changes && context.Session.Parameters.RootUid != 0 ? StatusCode.EAcces : StatusCode.Ok;
    }

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, Reply reply)
    {
        var quota = Expect.Reply<QuotaReply>(reply);
        request.Answer(new Wire.QuotaControlReply(
            quota.Quota.Flags, quota.IsDefaultGrace, quota.GraceSeconds, ToLimits(quota.Quota.Soft), ToLimits(quota.Quota.Hard), ToLimits(quota.Usage)));
    }

    internal static Wire.QuotaLimits ToLimits(QuotaAmounts amounts) => new(amounts.Inodes, amounts.Length, amounts.Size, amounts.RealSize);

    private static QuotaAmounts ToAmounts(Wire.QuotaLimits? limits) =>
        limits is { } given ? new QuotaAmounts(given.Inodes, given.Length, given.Size, given.RealSize) : default;
}

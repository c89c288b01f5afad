using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>ARCHCTL (client-protocol 3.5).</summary>
internal sealed class ArchiveHandler : ServingHandler<Wire.ArchiveControlRequest, ArchiveHandler.Order>
{
    /// <inheritdoc/>
    protected override Order Prepare(Wire.ArchiveControlRequest request, in RequestContext context) => request.Command == ArchiveCommand.Get
        ? new Order(request, context.Anonymous(), null)
        : new Order(request, context.Caller(request.Uid ?? 0, 0), context.Stamp());

    /// <inheritdoc/>
    protected override Task ServeAsync(PendingRequest request, Order order) => order.Request.Command switch
    {
        ArchiveCommand.Get => ReadAsync(request, order),
        ArchiveCommand.Set or ArchiveCommand.Clear => ChangeAsync(request, order),
        _ => RefuseAsync(request),
    };

    private static Task RefuseAsync(PendingRequest request)
    {
        request.Answer(StatusCode.EInval);
        return Task.CompletedTask;
    }

    private static async Task ReadAsync(PendingRequest request, Order order)
    {
        var sum = new ArchiveReply(0, 0, 0, 0, 0, null);
        var status = await SubtreeWalk.RunAsync<ArchiveReply>(request, at => new GetArchive(at.Or(order.Request.Inode), at.From, order.Caller), step => sum = new ArchiveReply(
            sum.ArchivedChunks + step.ArchivedChunks,
            sum.OtherChunks + step.OtherChunks,
            sum.ArchivedFiles + step.ArchivedFiles,
            sum.PartlyArchivedFiles + step.PartlyArchivedFiles,
            sum.OtherFiles + step.OtherFiles,
            null)).ConfigureAwait(false);
        if (status != StatusCode.Ok)
        {
            request.Answer(status);
            return;
        }

        request.Answer(new Wire.ArchiveStateReply(sum.ArchivedChunks, sum.OtherChunks, sum.ArchivedFiles, sum.PartlyArchivedFiles, sum.OtherFiles));
    }

    private static async Task ChangeAsync(PendingRequest request, Order order)
    {
        ulong changed = 0;
        ulong notChanged = 0;
        uint notPermitted = 0;
        var status = await SubtreeWalk.RunAsync<ChangeCountsReply>(
            request,
            at => new SetArchive(at.Or(order.Request.Inode), order.Request.Command == ArchiveCommand.Set, at.From, order.Caller)
            {
                IsPart = at.Top is not null,
                Stamp = at.IsFirst ? order.Stamp : null,
            },
            counts =>
            {
                changed += counts.Changed;
                notChanged += counts.NotChanged;
                notPermitted += counts.NotPermitted;
            }).ConfigureAwait(false);
        if (status != StatusCode.Ok)
        {
            request.Answer(status);
            return;
        }

        request.Answer(new Wire.ArchiveChangeReply(changed, notChanged, notPermitted));
    }

    internal sealed record Order(Wire.ArchiveControlRequest Request, Caller Caller, RequestStamp? Stamp);
}

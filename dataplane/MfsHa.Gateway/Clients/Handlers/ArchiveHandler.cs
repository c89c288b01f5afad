using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
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
        do
        {
            var reply = await request.ExecuteAsync(new GetArchive(order.Request.Inode, sum.Next, order.Caller)).ConfigureAwait(false);
            if (reply.Status != StatusCode.Ok)
            {
                request.Answer(reply.Status);
                return;
            }

            var step = Expect.Reply<ArchiveReply>(reply);
            sum = new ArchiveReply(
                sum.ArchivedChunks + step.ArchivedChunks,
                sum.OtherChunks + step.OtherChunks,
                sum.ArchivedFiles + step.ArchivedFiles,
                sum.PartlyArchivedFiles + step.PartlyArchivedFiles,
                sum.OtherFiles + step.OtherFiles,
                step.Next);
        }
        while (sum.Next is not null);
        request.Answer(new Wire.ArchiveStateReply(sum.ArchivedChunks, sum.OtherChunks, sum.ArchivedFiles, sum.PartlyArchivedFiles, sum.OtherFiles));
    }

    private static async Task ChangeAsync(PendingRequest request, Order order)
    {
        ulong changed = 0;
        ulong notChanged = 0;
        uint notPermitted = 0;
        TreeCursor? next = null;
        do
        {
            var step = new SetArchive(order.Request.Inode, order.Request.Command == ArchiveCommand.Set, next, order.Caller) { Stamp = next is null ? order.Stamp : null };
            var reply = await request.ExecuteAsync(step).ConfigureAwait(false);
            if (reply.Status != StatusCode.Ok)
            {
                request.Answer(reply.Status);
                return;
            }

            var counts = Expect.Reply<ChangeCountsReply>(reply);
            changed += counts.Changed;
            notChanged += counts.NotChanged;
            notPermitted += counts.NotPermitted;
            next = counts.Next;
        }
        while (next is not null);
        request.Answer(new Wire.ArchiveChangeReply(changed, notChanged, notPermitted));
    }

    internal sealed record Order(Wire.ArchiveControlRequest Request, Caller Caller, RequestStamp? Stamp);
}

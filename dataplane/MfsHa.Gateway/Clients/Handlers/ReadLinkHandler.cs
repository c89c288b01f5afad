using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>READLINK (client-protocol 3.4).</summary>
internal sealed class ReadLinkHandler : ServingHandler<Wire.ReadLinkRequest, ReadLink>
{
    /// <inheritdoc/>
    protected override ReadLink Prepare(Wire.ReadLinkRequest request, in RequestContext context) => new(request.Inode, context.Anonymous());

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, ReadLink order)
    {
        var reply = await request.ExecuteAsync(order).ConfigureAwait(false);
        if (reply.Status != StatusCode.Ok)
        {
            request.Answer(reply.Status);
            return;
        }

        var target = Expect.Reply<TargetReply>(reply);
        if (target.AccessTimeDue)
        {
            // Before the answer: whoever looks afterwards sees the new time, as with one mfsmaster. It is due once after a change, not at each read.
            await request.ExecuteAsync(new TouchAccessTime(order.Inode)).ConfigureAwait(false);
        }

        request.Answer(new Wire.ReadLinkReply(target.Target));
    }
}

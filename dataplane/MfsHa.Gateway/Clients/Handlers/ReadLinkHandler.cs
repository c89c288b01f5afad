using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>READLINK (client-protocol 3.4).</summary>
internal sealed class ReadLinkHandler : RequestHandler
{
    /// <inheritdoc/>
    public override PacketType Type => PacketType.ReadLink;

    /// <inheritdoc/>
    public override void Begin(in RequestContext context, ref Protocol.Framing.PacketReader reader)
    {
        var request = Wire.ReadLinkRequest.Parse(ref reader, context.Session.Version);
        _ = RunAsync(context.Pending, new ReadLink(request.Inode, context.Anonymous()));
    }

    private static async Task RunAsync(PendingRequest request, ReadLink query)
    {
        var connection = request.Connection;
        var place = connection.BeginRequest();
        try
        {
            var reply = await connection.Services.Cluster.ExecuteAsync(query, connection.Closing).ConfigureAwait(false);
            if (reply.Status != StatusCode.Ok)
            {
                request.Answer(reply.Status);
                return;
            }

            var target = Expect.Reply<TargetReply>(reply);
            if (target.AccessTimeDue)
            {
                // Before the answer: whoever looks afterwards sees the new time, as with one mfsmaster. It is due once after a change, not at each read.
                await connection.Services.Cluster.ExecuteAsync(new TouchAccessTime(query.Inode), connection.Closing).ConfigureAwait(false);
            }

            request.Answer(new Wire.ReadLinkReply(target.Target));
        }
        catch (Exception e)
        {
            connection.EndBy(e);
        }
        finally
        {
            connection.EndRequest(place);
        }
    }
}

using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Locks;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>FLOCK (client-protocol 5.5).</summary>
internal sealed class FlockHandler : LockHandler
{
    /// <inheritdoc/>
    public override PacketType Type => PacketType.Flock;

    /// <inheritdoc/>
    public override void Begin(in RequestContext context, ref PacketReader reader)
    {
        var request = Wire.FlockRequest.Parse(ref reader, context.Session.Version);
        var name = new LockRequestName(IsPosix: false, request.Inode, request.Owner, request.RequestId);
        if (request.Command == FlockCommand.Interrupt)
        {
            context.Connection.Locks.Interrupt(name);
            context.Pending.Answer(StatusCode.Ok);
            return;
        }

        Begin(context.Pending, name, new Flock(request.Inode, request.Owner, request.Command, context.Session.Id), context.Anonymous());
    }
}

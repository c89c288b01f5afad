using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Locks;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>POSIX_LOCK (client-protocol 5.6).</summary>
internal sealed class PosixLockHandler : LockHandler
{
    private readonly DataHandler<Wire.PosixLockRequest, ConflictReply, Wire.PosixLockReply> getHandler = new(
        static (r, in c) => new GetPosixLock(r.Inode, c.Session.Id, r.Owner, r.LockType, r.Start, r.End),
        static reply => new(reply.Pid, reply.Type, reply.Start, reply.End));

    /// <inheritdoc/>
    public override PacketType Type => PacketType.PosixLock;

    /// <inheritdoc/>
    public override void Begin(in RequestContext context, ref PacketReader reader)
    {
        var again = reader;
        var request = Wire.PosixLockRequest.Parse(ref reader, context.Session.Version);
        var name = new LockRequestName(IsPosix: true, request.Inode, request.Owner, request.RequestId);
        switch (request.Command)
        {
            case PosixLockCommand.Get:
                getHandler.Begin(context, ref again);
                break;
            case PosixLockCommand.Interrupt:
                context.Connection.Locks.Interrupt(name);
                context.Pending.Answer(StatusCode.Ok);
                break;
            default:
                Begin(context.Pending, name, ToCommand(request, context.Session.Id), context.Anonymous());
                break;
        }
    }

    private static PosixLock ToCommand(Wire.PosixLockRequest request, uint session) => new()
    {
        Inode = request.Inode,
        Session = session,
        Owner = request.Owner,
        Pid = request.Pid,
        Order = request.Command,
        Type = request.LockType,
        Start = request.Start,
        End = request.End,
    };
}

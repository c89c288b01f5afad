using System.IO.Hashing;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>A request of a registered client while it is being read.</summary>
internal readonly ref struct RequestContext(ClientConnection connection, ClientSession session, PacketType type, uint messageId, bool isFirst, ReadOnlyMemory<byte> payload)
{
    public ClientConnection Connection { get; } = connection;

    public ClientSession Session { get; } = session;

    public PacketType Type { get; } = type;

    public uint MessageId { get; } = messageId;

    /// <summary>With the message id; valid while the request is being read.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>What is left of the request when it has been read.</summary>
    public PendingRequest Pending => new(Connection, Type, MessageId);

    /// <summary>Identifies the request, so that its repetition gets the first answer (design.md 8). Made at most once a request.</summary>
    public RequestStamp Stamp() => Connection.Stamp(Session, MessageId, XxHash64.HashToUInt64(Payload.Span, (long)Type), isFirst);

    /// <summary>Whom the request acts as.</summary>
    public Caller Caller(Credentials credentials) => CallerFactory.Create(Session, credentials);

    /// <summary>Whom the request acts as.</summary>
    public Caller Caller(uint uid, uint gid) => CallerFactory.Create(Session, uid, gid);

    /// <summary>The caller of a request that names nobody.</summary>
    public Caller Anonymous() => CallerFactory.Anonymous(Session);
}

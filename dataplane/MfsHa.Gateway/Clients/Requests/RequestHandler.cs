using MfsHa.Protocol;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Serves one kind of request.</summary>
internal abstract class RequestHandler
{
    /// <summary>Its packet number.</summary>
    public abstract PacketType Type { get; }

    /// <summary>
    /// Reads the request, which is valid during the call only, and begins to serve it. Runs on the connection's reading side: whatever takes time goes on
    /// asynchronously.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="reader">Stands behind the message id.</param>
    /// <exception cref="MalformedPacketException">The request is none.</exception>
    public abstract void Begin(in RequestContext context, ref PacketReader reader);
}

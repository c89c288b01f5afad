using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Writes whole packets out of bodies.</summary>
public static class ClientPackets
{
    /// <summary>Writes a request with its header and message id.</summary>
    public static void Write<TRequest>(this TRequest request, ref PacketWriter writer, uint messageId)
        where TRequest : IClientRequest<TRequest>
    {
        writer.Begin(TRequest.Type, messageId);
        request.WriteBody(ref writer);
        writer.End();
    }

    /// <summary>Writes a reply with its header and the message id of the request it answers.</summary>
    public static void Write<TReply>(this TReply reply, ref PacketWriter writer, uint messageId, PeerVersion client)
        where TReply : IClientReply<TReply>
    {
        writer.Begin(TReply.Type, messageId);
        reply.WriteBody(ref writer, client);
        writer.End();
    }
}

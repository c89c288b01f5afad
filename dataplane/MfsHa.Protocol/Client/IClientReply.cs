using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>
/// The success form of an answer to a registered client: `msgid:u32` and then this body. Errors, and success without
/// data, use <see cref="StatusReply"/>.
/// </summary>
public interface IClientReply<TSelf>
    where TSelf : IClientReply<TSelf>
{
    static abstract PacketType Type { get; }

    /// <summary>Reads the body to its end; the reader stands behind the message id.</summary>
    /// <exception cref="MalformedPacketException">The body has not the shape that a client of this version is sent.</exception>
    static abstract TSelf Parse(ref PacketReader reader, PeerVersion client);

    /// <param name="client">Version of the client, which decides the shape.</param>
    void WriteBody(ref PacketWriter writer, PeerVersion client);
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>
/// A request of a registered client: `msgid:u32` and then this body. The message id is not part of the record: it is read
/// before the body and written by <see cref="ClientPackets.Write{TRequest}"/>.
/// </summary>
/// <remarks>Optional fields are nullable, so that a parsed request is written back byte for byte.</remarks>
public interface IClientRequest<TSelf>
    where TSelf : IClientRequest<TSelf>
{
    static abstract PacketType Type { get; }

    /// <summary>Reads the body to its end; the reader stands behind the message id.</summary>
    /// <exception cref="MalformedPacketException">The body has not the shape a client of this version sends.</exception>
    static abstract TSelf Parse(ref PacketReader reader, PeerVersion client);

    void WriteBody(ref PacketWriter writer);
}

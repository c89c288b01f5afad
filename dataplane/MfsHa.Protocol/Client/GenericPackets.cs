using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Keep-alive and refusals that any client connection may see.</summary>
public static class GenericPackets
{
    /// <summary>Least read time-out in seconds that FORCE_TIMEOUT can set.</summary>
    public const ushort MinForceTimeout = 10;

    /// <summary>Keep-alive to a registered client. Never send it before the register reply.</summary>
    public static void WriteNop(ref PacketWriter writer)
    {
        writer.Begin(PacketType.Nop, Push.MessageId);
        writer.End();
    }

    /// <summary>Raises the client's read time-out; only for clients with <see cref="PeerVersion.TakesForceTimeout"/>.</summary>
    public static void WriteForceTimeout(ref PacketWriter writer, ushort seconds)
    {
        writer.Begin(PacketType.ForceTimeout, Push.MessageId);
        writer.U16(seconds);
        writer.End();
    }

    /// <summary>Refuses a request whose number is not served; the caller of the client sees ENOTSUP.</summary>
    public static void WriteUnknownCommand(
        ref PacketWriter writer, uint messageId, PacketType request, uint size, PeerVersion server) =>
        WriteRefusal(ref writer, PacketType.UnknownCommand, messageId, request, size, server);

    /// <summary>Refuses a request of a shape that is not served; the caller of the client sees ENOTSUP.</summary>
    public static void WriteBadCommandSize(
        ref PacketWriter writer, uint messageId, PacketType request, uint size, PeerVersion server) =>
        WriteRefusal(ref writer, PacketType.BadCommandSize, messageId, request, size, server);

    private static void WriteRefusal(
        ref PacketWriter writer, PacketType type, uint messageId, PacketType request, uint size, PeerVersion server)
    {
        writer.Begin(type, messageId);
        writer.U32((uint)request);
        writer.U32(size);
        writer.U32(server.Wire);
        writer.End();
    }
}

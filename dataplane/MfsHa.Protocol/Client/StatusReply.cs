using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>
/// The five-byte answer `msgid:u32 status:u8`: every error, and success of operations that return nothing. Clients tell it
/// from success data by its length alone.
/// </summary>
public static class StatusReply
{
    /// <summary>Payload bytes.</summary>
    public const int Length = PacketHeader.MessageIdSize + 1;

    /// <summary>Answers a request of type <paramref name="request"/>.</summary>
    public static void Write(ref PacketWriter writer, PacketType request, uint messageId, StatusCode status)
    {
        writer.Begin(PacketTypes.ReplyOf(request), messageId);
        writer.U8((byte)status);
        writer.End();
    }

    /// <summary>Whether a reply's payload is a status; reads it if so.</summary>
    /// <param name="payload">With the message id.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, out StatusCode status)
    {
        bool isStatus = payload.Length == Length;
        status = isStatus ? (StatusCode)payload[PacketHeader.MessageIdSize] : StatusCode.Ok;
        return isStatus;
    }
}

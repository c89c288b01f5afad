using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Asks for the server's version, registered or not (`matoclserv_get_version`).</summary>
/// <param name="MessageId">Null: the request is empty, and the answer has no id either.</param>
public readonly record struct GetVersionRequest(uint? MessageId)
{
    public static GetVersionRequest Parse(ref PacketReader reader)
    {
        var request = new GetVersionRequest(reader.Remaining > 0 ? reader.U32() : null);
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.GetVersion);
        if (MessageId is { } id)
        {
            writer.U32(id);
        }

        writer.End();
    }
}

/// <param name="Text">Such as "4.59.2-1", in UTF-8 without NUL.</param>
public readonly record struct GetVersionReply(uint? MessageId, PeerVersion Version, ReadOnlyMemory<byte> Text)
{
    /// <param name="hasMessageId">Whether the request had one.</param>
    public static GetVersionReply Parse(ref PacketReader reader, bool hasMessageId) =>
        new(hasMessageId ? reader.U32() : null, new PeerVersion(reader.U32()), reader.Rest());

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.Version);
        if (MessageId is { } id)
        {
            writer.U32(id);
        }

        writer.U32(Version.Wire);
        writer.Bytes(Text.Span);
        writer.End();
    }
}

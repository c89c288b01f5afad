using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.ChunkServer;

/// <summary>What a MASTER_ACK says.</summary>
public enum MasterAckKind : byte
{
    /// <summary>Accepted, or a batch of chunks taken.</summary>
    Accept = 0,

    /// <summary>3.0.117 goes to the given address; 4.x resolves the master's name again.</summary>
    Redirect = 1,

    /// <summary>Stay connected, do not list chunks yet.</summary>
    Wait = 2,

    /// <summary>Register again with a digest.</summary>
    Challenge = 3,
}

/// <summary>
/// MASTER_ACK, recognised by kind and length (`mfschunkserver/masterconn.c: masterconn_master_ack`). To a 3.0.117
/// chunkserver nothing, not even a keep-alive, may be sent before the first of them.
/// </summary>
public sealed record MasterAck(
    MasterAckKind Kind,
    PeerVersion ServerVersion = default,
    ushort TimeoutSeconds = 0,
    ushort ChunkServerId = 0,
    ulong? MetaId = null,
    uint RedirectIp = 0,
    ReadOnlyMemory<byte> Random = default)
{
    public const int RandomSize = 32;

    /// <summary>A batch of chunks was taken; send the next.</summary>
    public static void WriteNext(ref PacketWriter writer)
    {
        Begin(ref writer, MasterAckKind.Accept);
        writer.End();
    }

    /// <summary>The registration is accepted.</summary>
    /// <param name="timeoutSeconds">At least 10.</param>
    /// <param name="chunkServerId">1..65535, kept by the chunkserver for good.</param>
    /// <param name="metaId">Must never change: a chunkserver that knows another one exits.</param>
    public static void WriteAccept(
        ref PacketWriter writer, PeerVersion server, ushort timeoutSeconds, ushort chunkServerId, ulong metaId)
    {
        Begin(ref writer, MasterAckKind.Accept);
        writer.U32(server.Wire);
        writer.U16(timeoutSeconds);
        writer.U16(chunkServerId);
        writer.U64(metaId);
        writer.End();
    }

    /// <summary>Accepts without metaid, in the form for chunkservers before 2.0.33.</summary>
    public static void WriteAcceptWithoutMetaId(
        ref PacketWriter writer, PeerVersion server, ushort timeoutSeconds, ushort chunkServerId)
    {
        Begin(ref writer, MasterAckKind.Accept);
        writer.U32(server.Wire);
        writer.U16(timeoutSeconds);
        writer.U16(chunkServerId);
        writer.End();
    }

    /// <summary>Accepts in the oldest form, which names the version alone.</summary>
    public static void WriteAcceptOldStyle(ref PacketWriter writer, PeerVersion server)
    {
        Begin(ref writer, MasterAckKind.Accept);
        writer.U32(server.Wire);
        writer.End();
    }

    public static void WriteRedirect(ref PacketWriter writer, uint ip)
    {
        Begin(ref writer, MasterAckKind.Redirect);
        writer.U32(ip);
        writer.End();
    }

    /// <summary>Keeps a chunkserver connected without its list; also interrupts a listing.</summary>
    /// <param name="metaId">Null leaves it out.</param>
    public static void WriteWait(ref PacketWriter writer, PeerVersion server, ushort timeoutSeconds, ulong? metaId)
    {
        Begin(ref writer, MasterAckKind.Wait);
        writer.U32(server.Wire);
        writer.U16(timeoutSeconds);
        if (metaId is { } id)
        {
            writer.U64(id);
        }

        writer.End();
    }

    public static void WriteChallenge(ref PacketWriter writer, scoped ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomSize);
        Begin(ref writer, MasterAckKind.Challenge);
        writer.Bytes(random);
        writer.End();
    }

    /// <summary>For peers that play the chunkserver's part.</summary>
    public static MasterAck Parse(ref PacketReader reader)
    {
        var kind = (MasterAckKind)reader.U8();
        MasterAck ack;
        switch (kind)
        {
            case MasterAckKind.Accept:
                ack = ParseAccept(ref reader);
                break;
            case MasterAckKind.Redirect:
                ack = new MasterAck(kind, RedirectIp: reader.U32());
                break;
            case MasterAckKind.Wait:
                ack = new MasterAck(
                    kind, new PeerVersion(reader.U32()), reader.U16(), MetaId: reader.Remaining > 0 ? reader.U64() : null);
                break;
            case MasterAckKind.Challenge:
                ack = new MasterAck(kind, Random: reader.Bytes(RandomSize));
                break;
            default:
                reader.Fail("an acknowledgment of kind 0 to 3", $"{(byte)kind}");
                return null;
        }

        reader.End();
        return ack;
    }

    private static MasterAck ParseAccept(ref PacketReader reader)
    {
        PeerVersion server = reader.Remaining > 0 ? new PeerVersion(reader.U32()) : default;
        (ushort timeout, ushort id) = reader.Remaining > 0 ? (reader.U16(), reader.U16()) : ((ushort)0, (ushort)0);
        return new(MasterAckKind.Accept, server, timeout, id, reader.Remaining > 0 ? reader.U64() : null);
    }

    private static void Begin(ref PacketWriter writer, MasterAckKind kind)
    {
        writer.Begin(PacketType.ChunkServerMasterAck);
        writer.U8((byte)kind);
    }
}

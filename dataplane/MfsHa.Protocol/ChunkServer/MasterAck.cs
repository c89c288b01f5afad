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
/// <param name="ServerVersion">Absent from an <see cref="MasterAckKind.Accept"/> that answers a batch of chunks.</param>
/// <param name="TimeoutSeconds">At least 10; absent from the oldest form of accepting.</param>
/// <param name="ChunkServerId">1..65535, kept by the chunkserver for good; present with an accepting timeout.</param>
/// <param name="MetaId">Must never change: a chunkserver that knows another one exits.</param>
/// <param name="RedirectIp">First octet in the high byte; 0: resolve the master's name again.</param>
/// <param name="Random"><see cref="RandomSize"/> bytes of a challenge.</param>
public sealed record MasterAck(
    MasterAckKind Kind,
    PeerVersion? ServerVersion = null,
    ushort? TimeoutSeconds = null,
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
    public static void WriteAccept(
        ref PacketWriter writer, PeerVersion server, ushort timeoutSeconds, ushort chunkServerId, ulong metaId) =>
        new MasterAck(MasterAckKind.Accept, server, timeoutSeconds, chunkServerId, metaId).Write(ref writer);

    /// <summary>Sends a 3.0.117 chunkserver elsewhere; a 4.x one resolves the master's name again.</summary>
    public static void WriteRedirect(ref PacketWriter writer, uint ip) =>
        new MasterAck(MasterAckKind.Redirect, RedirectIp: ip).Write(ref writer);

    /// <summary>Keeps a chunkserver connected without its list; also interrupts a listing.</summary>
    /// <param name="metaId">Null leaves it out.</param>
    public static void WriteWait(ref PacketWriter writer, PeerVersion server, ushort timeoutSeconds, ulong? metaId) =>
        new MasterAck(MasterAckKind.Wait, server, timeoutSeconds, MetaId: metaId).Write(ref writer);

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

    /// <summary>Writes the form that the present fields ask for.</summary>
    public void Write(ref PacketWriter writer)
    {
        Begin(ref writer, Kind);
        switch (Kind)
        {
            case MasterAckKind.Redirect:
                writer.U32(RedirectIp);
                break;
            case MasterAckKind.Challenge:
                writer.Bytes(Random.Span);
                break;
            default:
                WriteServer(ref writer);
                break;
        }

        writer.End();
    }

    private static MasterAck ParseAccept(ref PacketReader reader)
    {
        PeerVersion? server = reader.Remaining > 0 ? new PeerVersion(reader.U32()) : null;
        if (reader.Remaining == 0)
        {
            return new(MasterAckKind.Accept, server);
        }

        return new(
            MasterAckKind.Accept, server, reader.U16(), reader.U16(), reader.Remaining > 0 ? reader.U64() : null);
    }

    private static void Begin(ref PacketWriter writer, MasterAckKind kind)
    {
        writer.Begin(PacketType.ChunkServerMasterAck);
        writer.U8((byte)kind);
    }

    private void WriteServer(ref PacketWriter writer)
    {
        if (ServerVersion is { } server)
        {
            writer.U32(server.Wire);
        }

        if (TimeoutSeconds is { } timeout)
        {
            writer.U16(timeout);
            if (Kind == MasterAckKind.Accept)
            {
                writer.U16(ChunkServerId);
            }
        }

        if (MetaId is { } metaId)
        {
            writer.U64(metaId);
        }
    }
}

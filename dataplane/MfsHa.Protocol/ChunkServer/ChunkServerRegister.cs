using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.ChunkServer;

/// <summary>
/// REGISTER of a chunkserver: a first byte tells the step (`mfsmaster/matocsserv.c: matocsserv_register`,
/// `mfschunkserver/masterconn.c: masterconn_sendregister`).
/// </summary>
public abstract record ChunkServerRegister
{
    /// <summary>3.x after several refused attempts: introduction without sizes.</summary>
    protected const byte LegacyIntroduction = 50;
    protected const byte LegacyChunks = 51;
    protected const byte LegacyEnd = 52;
    protected const byte Introduction = 60;
    protected const byte Chunks = 61;
    protected const byte EndOfChunks = 62;
    protected const byte GoodbyeStep = 63;

    /// <summary>The first byte.</summary>
    public abstract byte Step { get; }

    public static ChunkServerRegister Parse(ref PacketReader reader)
    {
        byte step = reader.U8();
        ChunkServerRegister packet;
        switch (step)
        {
            case LegacyIntroduction:
                packet = ChunkServerLegacyIntroduction.ParseBody(ref reader);
                break;
            case LegacyChunks or Chunks:
                packet = new ChunkServerChunks(reader.RestPacked<ChunkReport>(), step == LegacyChunks);
                break;
            case LegacyEnd or EndOfChunks:
                packet = new ChunkServerEndOfChunks(step == LegacyEnd);
                break;
            case Introduction:
                packet = ChunkServerIntroduction.ParseBody(ref reader);
                break;
            case GoodbyeStep:
                packet = new ChunkServerGoodbye();
                break;
            default:
                reader.Fail("a register step of 50 to 52 or 60 to 63", $"{step}");
                return null;
        }

        reader.End();
        return packet;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunkServerRegister);
        writer.U8(Step);
        WriteBody(ref writer);
        writer.End();
    }

    protected abstract void WriteBody(ref PacketWriter writer);
}

/// <summary>Step 60, the first packet of a connection.</summary>
/// <param name="Digest">16 bytes: MD5(random[0..15], AUTH_CODE, random[16..31]), after a challenge only.</param>
/// <param name="Ip">Listen address for clients, first octet in the high byte; 0: the peer's address.</param>
/// <param name="Port">Listen port for clients.</param>
/// <param name="TimeoutSeconds">0: the master's.</param>
/// <param name="ChunkServerId">0: never had one.</param>
public sealed record ChunkServerIntroduction(
    ReadOnlyMemory<byte>? Digest,
    PeerVersion Version,
    uint Ip,
    ushort Port,
    ushort TimeoutSeconds,
    ushort ChunkServerId,
    SpaceReport Space) : ChunkServerRegister
{
    public const int DigestSize = 16;

    private const int LengthWithDigest = 71;

    public override byte Step => Introduction;

    internal static ChunkServerIntroduction ParseBody(ref PacketReader reader) => new(
        reader.Length == LengthWithDigest ? reader.Bytes(DigestSize) : (ReadOnlyMemory<byte>?)null,
        new PeerVersion(reader.U32()),
        reader.U32(),
        reader.U16(),
        reader.U16(),
        reader.U16(),
        SpaceReport.ParseFields(ref reader));

    protected override void WriteBody(ref PacketWriter writer)
    {
        if (Digest is { } digest)
        {
            writer.Bytes(digest.Span);
        }

        writer.U32(Version.Wire);
        writer.U32(Ip);
        writer.U16(Port);
        writer.U16(TimeoutSeconds);
        writer.U16(ChunkServerId);
        Space.WriteFields(ref writer);
    }
}

/// <summary>Step 50: what a 3.x chunkserver says after three refused connections.</summary>
public sealed record ChunkServerLegacyIntroduction(PeerVersion Version, uint Ip, ushort Port, ushort TimeoutSeconds)
    : ChunkServerRegister
{
    public override byte Step => LegacyIntroduction;

    internal static ChunkServerLegacyIntroduction ParseBody(ref PacketReader reader) =>
        new(new PeerVersion(reader.U32()), reader.U32(), reader.U16(), reader.U16());

    protected override void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Version.Wire);
        writer.U32(Ip);
        writer.U16(Port);
        writer.U16(TimeoutSeconds);
    }
}

/// <summary>Step 61 (51): a batch of the chunk list, to be answered by <see cref="MasterAck.WriteNext"/>.</summary>
public sealed record ChunkServerChunks(PackedList<ChunkReport> Reports, bool IsLegacy) : ChunkServerRegister
{
    public override byte Step => IsLegacy ? LegacyChunks : Chunks;

    protected override void WriteBody(ref PacketWriter writer) => writer.Bytes(Reports.Bytes.Span);
}

/// <summary>Step 62 (52): the chunk list is complete.</summary>
public sealed record ChunkServerEndOfChunks(bool IsLegacy) : ChunkServerRegister
{
    public override byte Step => IsLegacy ? LegacyEnd : EndOfChunks;

    protected override void WriteBody(ref PacketWriter writer)
    {
    }
}

/// <summary>Step 63: the chunkserver leaves in good order.</summary>
public sealed record ChunkServerGoodbye : ChunkServerRegister
{
    public override byte Step => GoodbyeStep;

    protected override void WriteBody(ref PacketWriter writer)
    {
    }
}

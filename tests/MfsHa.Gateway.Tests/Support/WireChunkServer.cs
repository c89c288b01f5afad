using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Tests.Support;

/// <summary>Plays the chunkserver's part on a socket.</summary>
internal sealed class WireChunkServer(WireClient wire) : IDisposable
{
    public const uint Ip = 0x0A000001;
    public static readonly SpaceReport Space = new(10, 1000, 3, 0, 0, 0);

    public WireClient Wire => wire;

    public ushort Id { get; private set; }

    public void Dispose() => wire.Dispose();

    public Task SendAsync(WireClient.WritePacket write) => wire.SendAsync(write);

    public Task IntroduceAsync(ushort id = 0, ushort port = 9422, PeerVersion? version = null, uint ip = Ip, byte[]? digest = null) =>
        wire.SendAsync(new ChunkServerIntroduction(digest is null ? null : digest, version ?? WireClient.Version4, ip, port, 0, id, Space).Write);

    /// <summary>The next acknowledgment.</summary>
    public async Task<MasterAck> AckAsync()
    {
        var frame = await wire.ReadAsync();
        Assert.Equal(PacketType.ChunkServerMasterAck, frame.Type);
        var reader = new PacketReader(frame.Payload.AsMemory());
        return MasterAck.Parse(ref reader);
    }

    /// <summary>The whole dialogue of a registration.</summary>
    public async Task<MasterAck> RegisterAsync(ushort id = 0, ushort port = 9422, PeerVersion? version = null, params ChunkReport[] chunks)
    {
        await IntroduceAsync(id, port, version);
        var accepted = await AckAsync();
        Assert.Equal(MasterAckKind.Accept, accepted.Kind);
        Id = accepted.ChunkServerId;
        await wire.SendAsync(new LabelsReport(5).Write);
        if (chunks.Length > 0)
        {
            await wire.SendAsync(new ChunkServerChunks(PackedList<ChunkReport>.From(chunks), false).Write);
            Assert.Equal(new MasterAck(MasterAckKind.Accept), await AckAsync());
        }

        await wire.SendAsync(new ChunkServerEndOfChunks(false).Write);
        return accepted;
    }
}

using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Golden;

/// <summary>What real chunkservers and masters said to each other.</summary>
public class ChunkServerGoldenTests
{
    public static TheoryData<string> Files => new(GoldenFile.Names("mfschunkserver"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Packets_are_written_as_they_were_read(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        GoldenAssert.All(file.Exchanges, exchange =>
        {
            GoldenPacket packet = exchange.Packets[0];
            byte[] written = packet.Type == PacketType.Nop
                ? Packets.Payload(ChunkServerNop.Write)
                : (packet.ToMaster ? Codecs.FromChunkServer : Codecs.ToChunkServer).Single(c => c.Type == packet.Type).RoundTrip(packet.Payload, file.Peer);
            GoldenAssert.Same(packet.Payload, written);
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_command_was_recorded(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        IEnumerable<PacketType> recorded = file.Exchanges.Select(e => e.Packets[0].Type).Distinct();

        Assert.Equal([], Codecs.ToChunkServer.Select(c => c.Type).Except(recorded));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_chunkserver_introduces_itself_with_and_without_digest(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        List<ChunkServerRegister> registers = [.. file.Exchanges
            .Where(e => e.Packets[0].Type == PacketType.ChunkServerRegister)
            .Select(e => Packets.Read(e.Packets[0].Payload, ChunkServerRegister.Parse))];
        List<ChunkServerIntroduction> introductions = [.. registers.OfType<ChunkServerIntroduction>()];

        Assert.All(introductions, i => Assert.True(i.Version == file.Peer && i.Port == 9422 && i.Ip >> 8 == 0x0A4D00));
        Assert.Contains(introductions, i => i.Digest is null);
        Assert.Contains(introductions, i => i.Digest is { Length: ChunkServerIntroduction.DigestSize });
        Assert.Contains(registers, r => r is ChunkServerChunks { IsLegacy: false, Reports.Count: > 0 });
        Assert.Contains(registers, r => r is ChunkServerEndOfChunks);
        Assert.Contains(registers, r => r is ChunkServerGoodbye);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_master_challenges_accepts_and_asks_for_more(string name)
    {
        List<MasterAck> acks = [.. GoldenFile.Load(name).Exchanges
            .Where(e => e.Packets[0].Type == PacketType.ChunkServerMasterAck)
            .Select(e => Packets.Read(e.Packets[0].Payload, MasterAck.Parse))];

        Assert.Contains(acks, a => a.Kind == MasterAckKind.Challenge);
        Assert.Contains(acks, a => a is { Kind: MasterAckKind.Accept, MetaId: not null, ChunkServerId: > 0, TimeoutSeconds: 10 });
        Assert.Contains(acks, a => a is { Kind: MasterAckKind.Accept, ServerVersion: null });
    }
}

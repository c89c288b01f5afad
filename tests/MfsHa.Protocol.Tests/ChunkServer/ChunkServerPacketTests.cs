using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.ChunkServer;

public class ChunkServerPacketTests
{
    private static readonly SpaceReport s_space = new(1, 2, 3, 4, 5, 6);
    private const string SpaceHex = "0000000000000001" + "0000000000000002" + "00000003" + "0000000000000004" + "0000000000000005" + "00000006";
    private const string Random = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string Digest = "000102030405060708090a0b0c0d0e0f";

    private static readonly PackedList<ChunkReport> s_reports = PackedList<ChunkReport>.From(
        new ChunkReport(0x55, 3, false), new ChunkReport(ChunkIds.WithPart(0x56, ChunkIds.FirstEc8Data), 4, true));

    private const string ReportsHex = "0000000000000055" + "00000003" + "2000000000000056" + "80000004";

    private static readonly PackedList<PackedChunkId> s_ids = PackedList<PackedChunkId>.From(new PackedChunkId(0x55), new PackedChunkId(0x56));

    private static readonly ReplicationSource s_source = new(0x0A4D0003, 9422, 0x2000000000000055);
    private const string SourceHex = "0a4d0003" + "24ce" + "2000000000000055";

    public static TheoryData<int> Indexes => new(Enumerable.Range(0, Samples.Count));

    private static List<(PacketType Type, PacketWriting Write, string Hex)> Samples { get; } =
    [
        (PacketType.ChunkServerRegister, Introduction(null).Write, "3c" + IntroductionHex),
        (PacketType.ChunkServerRegister, Introduction(Convert.FromHexString(Digest)).Write, "3c" + Digest + IntroductionHex),
        (PacketType.ChunkServerRegister, new ChunkServerLegacyIntroduction(Versions.V30117, 0x0A4D0003, 9422, 10).Write, "32" + "000300ea" + "0a4d0003" + "24ce" + "000a"),
        (PacketType.ChunkServerRegister, new ChunkServerChunks(s_reports, false).Write, "3d" + ReportsHex),
        (PacketType.ChunkServerRegister, new ChunkServerChunks(s_reports, true).Write, "33" + ReportsHex),
        (PacketType.ChunkServerRegister, new ChunkServerEndOfChunks(false).Write, "3e"),
        (PacketType.ChunkServerRegister, new ChunkServerEndOfChunks(true).Write, "34"),
        (PacketType.ChunkServerRegister, new ChunkServerGoodbye().Write, "3f"),
        (PacketType.ChunkServerSpace, s_space.Write, SpaceHex),
        (PacketType.ChunkServerLabels, new LabelsReport(3).Write, "00000003"),
        (PacketType.ChunkServerLoad, new LoadReport(7, null, null).Write, "00000007"),
        (PacketType.ChunkServerLoad, new LoadReport(7, HeavyLoadStatus.Overloaded, null).Write, "00000007" + "02"),
        (PacketType.ChunkServerLoad, new LoadReport(7, HeavyLoadStatus.Ok, TransferringFlags.NewChunks).Write, "00000007" + "01" + "02"),
        (PacketType.ChunkNew, new NewChunksReport(s_reports).Write, ReportsHex),
        (PacketType.ChunkLost, (ref PacketWriter w) => new ChunkIdsReport(s_ids).Write(ref w, PacketType.ChunkLost), "0000000000000055" + "0000000000000056"),
        (PacketType.ChunkServerErrorOccurred, ErrorReport.Write, string.Empty),
        (PacketType.Nop, ChunkServerNop.Write, string.Empty),
        (PacketType.CreateChunkReply, (ref PacketWriter w) => new ChunkCommandReply(0x55, StatusCode.ChunkExist).Write(ref w, PacketType.CreateChunk), "0000000000000055" + "14"),
        (PacketType.ReplicateChunkReply, (ref PacketWriter w) => new ReplicationReply(0x55, 3, StatusCode.NotDone).Write(ref w, PacketType.ReplicateChunk), "0000000000000055" + "00000003" + "10"),
        (PacketType.ChunkServerMasterAck, MasterAck.WriteNext, "00"),
        (PacketType.ChunkServerMasterAck, new MasterAck(MasterAckKind.Accept, Versions.V4592).Write, "00" + "00043b04"),
        (PacketType.ChunkServerMasterAck, new MasterAck(MasterAckKind.Accept, Versions.V4592, 10, 7).Write, "00" + "00043b04" + "000a" + "0007"),
        (PacketType.ChunkServerMasterAck, (ref PacketWriter w) => MasterAck.WriteAccept(ref w, Versions.V4592, 10, 7, 0x99), "00" + "00043b04" + "000a" + "0007" + "0000000000000099"),
        (PacketType.ChunkServerMasterAck, (ref PacketWriter w) => MasterAck.WriteRedirect(ref w, 0x0A4D0001), "01" + "0a4d0001"),
        (PacketType.ChunkServerMasterAck, (ref PacketWriter w) => MasterAck.WriteWait(ref w, Versions.V4592, 10, null), "02" + "00043b04" + "000a"),
        (PacketType.ChunkServerMasterAck, (ref PacketWriter w) => MasterAck.WriteWait(ref w, Versions.V4592, 10, 0x99), "02" + "00043b04" + "000a" + "0000000000000099"),
        (PacketType.ChunkServerMasterAck, (ref PacketWriter w) => MasterAck.WriteChallenge(ref w, Convert.FromHexString(Random)), "03" + Random),
        (PacketType.CreateChunk, new CreateChunkCommand(0x55, 1).Write, "0000000000000055" + "00000001"),
        (PacketType.DeleteChunk, new DeleteChunkCommand(0x55, 0).Write, "0000000000000055" + "00000000"),
        (PacketType.DuplicateChunk, new DuplicateChunkCommand(0x56, 1, 0x55, 3).Write, "0000000000000056" + "00000001" + "0000000000000055" + "00000003"),
        (PacketType.SetChunkVersion, new SetChunkVersionCommand(0x55, 4, 3).Write, "0000000000000055" + "00000004" + "00000003"),
        (PacketType.TruncateChunk, new TruncateChunkCommand(0x55, 0x1000, 4, 3).Write, "0000000000000055" + "00001000" + "00000004" + "00000003"),
        (PacketType.DuplicateTruncateChunk, new DuplicateTruncateChunkCommand(0x56, 1, 0x55, 3, 0x1000).Write, "0000000000000056" + "00000001" + "0000000000000055" + "00000003" + "00001000"),
        (PacketType.ReplicateChunk, new ReplicateChunkCommand(0x55, 3, 0x0A4D0003, 9422).Write, "0000000000000055" + "00000003" + "0a4d0003" + "24ce"),
        (PacketType.ReplicateSplit, new ReplicateSplitCommand(0x55, 3, s_source, 2, 8).Write, "0000000000000055" + "00000003" + SourceHex + "02" + "08"),
        (PacketType.ReplicateRecover, ReplicateRecoverCommand.Of(0x55, 3, new[] { s_source, s_source, s_source, s_source }).Write,
            "0000000000000055" + "00000003" + "00008888" + "00004444" + "00002222" + "00001111" + "04" + SourceHex + SourceHex + SourceHex + SourceHex),
        (PacketType.ReplicateJoin, new ReplicateJoinCommand(0x55, 3, new[] { s_source }).Write, "0000000000000055" + "00000003" + "01" + SourceHex),
        (PacketType.LocalSplit, new LocalSplitCommand(0x55, 3, 0x0F, null).Write, "0000000000000055" + "00000003" + "0000000f"),
        (PacketType.LocalSplit, new LocalSplitCommand(0x55, 3, 0x0F, 4).Write, "0000000000000055" + "00000003" + "0000000f" + "04"),
        (PacketType.RegisterFirst, (ref PacketWriter w) => new ChunkQuestion(0x55).Write(ref w, PacketType.RegisterFirst), "0000000000000055"),
        (PacketType.ChunkStatus, new ChunkStatusReport(0x55, PackedList<ChunkPartStatus>.From(new ChunkPartStatus(0x20, true, 16, 3))).Write,
            "0000000000000055" + "20" + "01" + "0010" + "00000003"),
    ];

    private const string IntroductionHex = "0004380c" + "0a4d0003" + "24ce" + "003c" + "0007" + SpaceHex;

    [Theory]
    [MemberData(nameof(Indexes))]
    public void A_packet_has_exactly_the_bytes_of_the_format_and_survives_parsing_and_writing(int index)
    {
        (PacketType type, PacketWriting write, string hex) = Samples[index];
        (PacketType written, byte[] payload) = Packets.Write(write);

        Assert.Equal(type, written);
        Assert.Equal(hex, Convert.ToHexStringLower(payload));
        Codec? codec = Codecs.FromChunkServer.Concat(Codecs.ToChunkServer).Concat(Codecs.ToChunkServer4).SingleOrDefault(c => c.Type == type);
        Assert.Equal(type != PacketType.Nop, codec is not null);
        Assert.Equal(payload, codec?.RoundTrip(payload, Versions.V4592) ?? payload);
    }

    [Fact]
    public void No_packet_is_without_a_sample() => Assert.All(
        Codecs.FromChunkServer.Concat(Codecs.ToChunkServer).Concat(Codecs.ToChunkServer4).Where(c => !c.Name.StartsWith("reply", StringComparison.Ordinal)
            && c.Type is not (PacketType.ChunkDamaged or PacketType.ChunkDoesNotExist)),
        codec => Assert.Contains(Samples, sample => sample.Type == codec.Type));

    [Fact]
    public void Chunks_are_read_with_their_part_and_removal_mark()
    {
        ChunkReport report = s_reports[1];

        Assert.Equal(2, s_reports.Count);
        Assert.Equal((0x56ul, ChunkIds.FirstEc8Data), (ChunkIds.IdOf(report.ChunkId), ChunkIds.PartOf(report.ChunkId)));
        Assert.Equal((4u, true), (report.Version, report.MarkedForRemoval));
        Assert.Equal([s_reports[0], s_reports[1]], s_reports.ToArray());
    }

    [Theory]
    [InlineData(0x00, true)]
    [InlineData(0x0F, false)]
    [InlineData(0x10, true)]
    [InlineData(0x1C, true)]
    [InlineData(0x1D, false)]
    [InlineData(0x20, true)]
    [InlineData(0x30, true)]
    [InlineData(0x31, false)]
    public void Parts_have_known_numbers(byte part, bool valid) => Assert.Equal(valid, ChunkIds.IsValidPart(part));

    [Theory]
    [InlineData("0000000000000001" + "0000000000000002", 0)]
    [InlineData("0000000000000001" + "0000000000000002" + "0000000000000004" + "0000000000000005", 4)]
    public void Space_may_be_told_without_some_fields(string hex, ulong removalUsed)
    {
        SpaceReport report = Packets.ReadHex(hex, SpaceReport.Parse);

        Assert.Equal((1ul, 2ul, removalUsed), (report.Used, report.Total, report.RemovalUsed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("35")]
    [InlineData("3d" + "00")]
    [InlineData("3e00")]
    public void A_register_of_another_shape_is_malformed(string hex) =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex(hex, ChunkServerRegister.Parse));

    private static ChunkServerIntroduction Introduction(byte[]? digest) =>
        new(digest is null ? (ReadOnlyMemory<byte>?)null : digest.AsMemory(), Versions.V4566, 0x0A4D0003, 9422, 60, 7, s_space);
}

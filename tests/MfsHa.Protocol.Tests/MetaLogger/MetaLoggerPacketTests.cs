using MfsHa.Protocol.Framing;
using MfsHa.Protocol.MetaLogger;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.MetaLogger;

public class MetaLoggerPacketTests
{
    public static TheoryData<int> Indexes => new(Enumerable.Range(0, Samples.Count));

    private static List<(PacketType Type, PacketWriting Write, string Hex)> Samples { get; } =
    [
        (PacketType.MetaLoggerRegister, new MetaLoggerRegister(MetaLoggerRegisterKind.Fresh, Versions.V30117, 10).Write, "01" + "000300ea" + "000a"),
        (PacketType.MetaLoggerRegister, new MetaLoggerRegister(MetaLoggerRegisterKind.Resume, Versions.V4566, 10, 0x99).Write, "02" + "0004380c" + "000a" + "0000000000000099"),
        (PacketType.MetaLoggerRegister, new MetaLoggerRegister(MetaLoggerRegisterKind.Supervisor, Versions.V4566, 10).Write, "04" + "0004380c" + "000a"),
        (PacketType.MetaLoggerMasterAck, new MetaLoggerMasterAck(1, Versions.V4566).Write, "01" + "0004380c"),
        (PacketType.MetaLoggerChangelog, new ChangelogPacket(7, Packets.Bytes("1|X()")).Write, "ff" + "0000000000000007" + "317c58282900"),
        (PacketType.MetaLoggerChangelog, ChangelogPacket.Rotate.Write, "55"),
        (PacketType.MetaLoggerState, new MasterStatePacket(7, null, null).Write, "ffffffff" + "0000000000000000" + "0000000000000007"),
        (PacketType.MetaLoggerState, new MasterStatePacket(7, 8, null).Write, "ffffffff" + "0000000000000000" + "0000000000000007" + "0000000000000008"),
        (PacketType.MetaLoggerState, new MasterStatePacket(7, 8, 9).Write, "ffffffff" + "0000000000000000" + "0000000000000007" + "0000000000000008" + "0000000000000009" + "00000000"),
        (PacketType.MetaLoggerDownloadStart, new DownloadStartRequest(DownloadFile.Changelog0).Write, "0b"),
        (PacketType.MetaLoggerDownloadInfo, new DownloadInfoReply(0x1000).Write, "0000000000001000"),
        (PacketType.MetaLoggerDownloadInfo, new DownloadInfoReply(null).Write, "ff"),
        (PacketType.MetaLoggerDownloadRequest, new DownloadDataRequest(1, 2).Write, "0000000000000001" + "00000002"),
        (PacketType.MetaLoggerDownloadData, new DownloadDataReply(1, 0x11223344, Packets.Bytes("ab")).Write, "0000000000000001" + "00000002" + "11223344" + "6162"),
        (PacketType.MetaLoggerDownloadEnd, DownloadEndRequest.Write, string.Empty),
        (PacketType.MetaLoggerStoreMetadata, StoreMetadataRequest.Write, string.Empty),
        (PacketType.Nop, MetaLoggerPackets.WriteNop, string.Empty),
        (PacketType.ForceTimeout, (ref PacketWriter w) => MetaLoggerPackets.WriteForceTimeout(ref w, 30), "001e"),
    ];

    [Theory]
    [MemberData(nameof(Indexes))]
    public void A_packet_has_exactly_the_bytes_of_the_format_and_survives_parsing_and_writing(int index)
    {
        (PacketType type, PacketWriting write, string hex) = Samples[index];
        (PacketType written, byte[] payload) = Packets.Write(write);

        Assert.Equal(type, written);
        Assert.Equal(hex, Convert.ToHexStringLower(payload));
        Codec? codec = Codecs.FromMetaLogger.Concat(Codecs.ToMetaLogger).SingleOrDefault(c => c.Type == type);
        Assert.Equal(payload, codec?.RoundTrip(payload, default) ?? payload);
    }

    [Theory]
    [InlineData("03" + "000300ea" + "000a")]
    [InlineData("01" + "000300ea")]
    [InlineData("02" + "000300ea" + "000a")]
    public void Another_registration_is_malformed(string hex) =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex(hex, MetaLoggerRegister.Parse));

    [Fact]
    public void More_than_a_million_bytes_at_once_cannot_be_asked_for() =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex("0000000000000000" + "000f4241", DownloadDataRequest.Parse));

    [Fact]
    public void A_change_without_its_NUL_is_malformed() =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex("ff" + "0000000000000007" + "317c", ChangelogPacket.Parse));
}

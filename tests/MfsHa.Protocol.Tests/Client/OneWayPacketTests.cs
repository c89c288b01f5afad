using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Client;

public class OneWayPacketTests
{
    private static readonly ChunkHasChanged s_changed = new(7, 3, 0x55, 4, 0x1000, true, new WrittenRange(16, 32));
    private const string ChangedHex = "00000000" + "00000007" + "00000003" + "0000000000000055" + "00000004" + "0000000000001000" + "01";

    public static TheoryData<int> Indexes => new(Enumerable.Range(0, Samples.Count));

    private static List<(PacketType Type, PacketWriting Write, string Hex)> Samples { get; } =
    [
        (PacketType.SustainedInodes, new SustainedInodes(PackedList<PackedInode>.From(new PackedInode(5), new PackedInode(9))).Write, "00000005" + "00000009"),
        (PacketType.SustainedInodes, default(SustainedInodes).Write, string.Empty),
        (PacketType.AccessModificationTimes, new AccessModificationTimes(PackedList<InodeTimes>.From(new InodeTimes(5, 0, 0x60000000))).Write, "00000005" + "00000000" + "60000000"),
        (PacketType.TimeSync, new TimeSyncRequest(0).Write, "00000000"),
        (PacketType.TimeSync, new TimeSyncRequest(null).Write, string.Empty),
        (PacketType.TimeSyncReply, new TimeSyncReply(0, 0x1234).Write, "00000000" + "0000000000001234"),
        (PacketType.TimeSyncReply, new TimeSyncReply(null, 0x1234).Write, "0000000000001234"),
        (PacketType.OperationData, new OperationData(1, 2, 3, 4, 5, null).Write, "0000000000000001" + "0000000000000002" + "00000003" + "00000004" + "00000005"),
        (PacketType.OperationData, new OperationData(1, 2, 3, 4, 5, new TrafficCounters(6, 7)).Write, "0000000000000001" + "0000000000000002" + "00000003" + "00000004" + "00000005" + "0000000000000006" + "0000000000000007"),
        (PacketType.WorkFlags, new WorkFlagsPacket(WorkFlags.InvalidatesRanges).Write, "01"),
        (PacketType.GetVersion, new GetVersionRequest(7).Write, "00000007"),
        (PacketType.Version, new GetVersionReply(7, Versions.V4592, Packets.Bytes("4.59.2-1")).Write, "00000007" + "00043b04" + "342e35392e322d31"),
        (PacketType.GetConfig, new GetConfigRequest(7, Packets.Bytes("K")).Write, "00000007" + "014b"),
        (PacketType.ConfigValue, new ConfigValueReply(7, default, Packets.Bytes("v")).Write, "00000007" + "0176"),
        (PacketType.ConfigValue, new ConfigValueReply(0, Packets.Bytes("K"), Packets.Bytes("v")).Write, "00000000" + "014b" + "0176"),
        (PacketType.Syslog, new SyslogPacket(3, 0x60000000, Packets.Bytes("hm")).Write, "03" + "60000000" + "0002" + "686d"),
        (PacketType.FileLengthHasChanged, new FileLengthHasChanged(7, 0x1000).Write, "00000000" + "00000007" + "0000000000001000"),
        (PacketType.InvalidateChunkCache, InvalidateChunkCache.Write, "00000000"),
        (PacketType.ChunkHasChanged, (ref PacketWriter w) => s_changed.Write(ref w, Versions.V4592), ChangedHex + "00000010" + "00000020"),
        (PacketType.Nop, GenericPackets.WriteNop, "00000000"),
        (PacketType.ForceTimeout, (ref PacketWriter w) => GenericPackets.WriteForceTimeout(ref w, 30), "00000000" + "001e"),
        (PacketType.UnknownCommand, (ref PacketWriter w) => GenericPackets.WriteUnknownCommand(ref w, 7, PacketType.SustainedList, 12, Versions.V4592), "00000007" + "00000184" + "0000000c" + "00043b04"),
        (PacketType.BadCommandSize, (ref PacketWriter w) => GenericPackets.WriteBadCommandSize(ref w, 7, PacketType.SustainedList, 12, Versions.V4592), "00000007" + "00000184" + "0000000c" + "00043b04"),
    ];

    [Theory]
    [MemberData(nameof(Indexes))]
    public void A_packet_has_exactly_the_bytes_of_the_format_and_survives_parsing_and_writing(int index)
    {
        (PacketType type, PacketWriting write, string hex) = Samples[index];
        (PacketType written, byte[] payload) = Packets.Write(write);

        Assert.Equal(type, written);
        Assert.Equal(hex, Convert.ToHexStringLower(payload));
        Codec? codec = Codecs.ClientOneWay.Concat(Codecs.ServerPushes).SingleOrDefault(c => c.Type == type);
        Assert.Equal(payload, codec?.RoundTrip(payload, Versions.V4592) ?? payload);
    }

    [Fact]
    public void Every_packet_sent_to_a_mount_begins_with_four_bytes() => Assert.All(
        Samples.Where(s => Codecs.ServerPushes.Any(c => c.Type == s.Type) || s.Type == PacketType.Nop),
        sample => Assert.True(Packets.Payload(sample.Write).Length >= PacketHeader.MessageIdSize));

    [Fact]
    public void Clients_before_4_40_are_not_told_the_changed_range()
    {
        byte[] payload = Packets.Payload((ref PacketWriter w) => s_changed.Write(ref w, Versions.V30117));

        Assert.Equal(ChangedHex, Convert.ToHexStringLower(payload));
        Assert.Equal(33, payload.Length);
        Assert.Equal(
            s_changed with { Range = default }, Packets.Read(payload, (ref PacketReader r) => ChunkHasChanged.Parse(ref r, Versions.V30117)));
    }

    [Fact]
    public void A_version_reply_repeats_the_presence_of_the_message_id()
    {
        var reply = new GetVersionReply(null, Versions.V4592, Packets.Bytes("4"));
        byte[] payload = Packets.Payload(reply.Write);

        Assert.Equal("00043b04" + "34", Convert.ToHexStringLower(payload));
        Assert.Equal("4", Packets.Text(Packets.Read(payload, (ref PacketReader r) => GetVersionReply.Parse(ref r, false)).Text));
    }
}

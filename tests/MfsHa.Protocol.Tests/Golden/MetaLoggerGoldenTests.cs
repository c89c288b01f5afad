using System.Globalization;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.MetaLogger;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Golden;

/// <summary>What real metaloggers and masters said to each other.</summary>
public class MetaLoggerGoldenTests
{
    public static TheoryData<string> Files => new(GoldenFile.Names("mfsmetalogger"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Packets_are_written_as_they_were_read(string name) => GoldenAssert.All(GoldenFile.Load(name).Exchanges, exchange =>
    {
        GoldenPacket packet = exchange.Packets[0];
        byte[] written = packet.Type == PacketType.Nop
            ? Packets.Payload(MetaLoggerPackets.WriteNop)
            : (packet.ToMaster ? Codecs.FromMetaLogger : Codecs.ToMetaLogger).Single(c => c.Type == packet.Type).RoundTrip(packet.Payload, default);
        GoldenAssert.Same(packet.Payload, written);
    });

    [Theory]
    [MemberData(nameof(Files))]
    public void Registration_goes_on_where_it_stopped(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        List<MetaLoggerRegister> registers = [.. Of(file, PacketType.MetaLoggerRegister, MetaLoggerRegister.Parse)];

        Assert.Equal([MetaLoggerRegisterKind.Fresh, MetaLoggerRegisterKind.Resume], registers.Select(r => r.Kind));
        Assert.All(registers, r => Assert.Equal((file.Peer, (ushort)10), (r.Version, r.TimeoutSeconds)));
        Assert.True(registers[1].FirstWanted > 10);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Changes_are_texts_with_a_time(string name) =>
        Assert.All(Of(GoldenFile.Load(name), PacketType.MetaLoggerChangelog, ChangelogPacket.Parse), change =>
        {
            string[] parts = Packets.Text(change.Text!.Value).Split('|');
            Assert.InRange(uint.Parse(parts[0], CultureInfo.InvariantCulture), 978_307_200u, 4_102_444_800u);
            Assert.Contains('(', parts[1]);
        });

    [Theory]
    [MemberData(nameof(Files))]
    public void Downloaded_data_has_the_CRC_of_zlib(string name) =>
        Assert.All(Of(GoldenFile.Load(name), PacketType.MetaLoggerDownloadData, DownloadDataReply.Parse), data => Assert.Equal(Crc32(data.Data.Span), data.Crc));

    private static IEnumerable<T> Of<T>(GoldenFile file, PacketType type, PacketReading<T> parse) => file.Exchanges
        .Where(e => e.Packets[0].Type == type)
        .Select(e => Packets.Read(e.Packets[0].Payload, parse));

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }
}

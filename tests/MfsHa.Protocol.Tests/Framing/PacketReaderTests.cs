using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Framing;

public class PacketReaderTests
{
    [Fact]
    public void Numbers_are_big_endian()
    {
        var reader = new PacketReader(Convert.FromHexString("01" + "0203" + "04050607" + "08090a0b0c0d0e0f" + "02"));

        Assert.Equal(0x01, reader.U8());
        Assert.Equal(0x0203, reader.U16());
        Assert.Equal(0x04050607u, reader.U32());
        Assert.Equal(0x08090A0B0C0D0E0Ful, reader.U64());
        Assert.True(reader.Bool());
        reader.End();
    }

    [Theory]
    [InlineData("")]
    [InlineData("000000")]
    public void A_payload_that_ends_too_early_is_malformed(string hex) =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex(hex, (ref PacketReader r) => r.U32()));

    [Fact]
    public void The_error_says_what_was_expected_and_found_and_where()
    {
        var error = Assert.Throws<MalformedPacketException>(() => Packets.ReadHex("0000000105", (ref PacketReader r) =>
        {
            r.U32();
            return r.U64();
        }));

        Assert.Equal(("8 bytes", "1", 4), (error.Expected, error.Found, error.Offset));
    }

    [Theory]
    [InlineData("05" + "61626364")]
    [InlineData("")]
    public void A_name_longer_than_the_payload_is_malformed(string hex) =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex(hex, (ref PacketReader r) => r.Name8()));

    [Theory]
    [InlineData("ffffffff" + "61")]
    [InlineData("80000000")]
    [InlineData("00000002" + "61")]
    public void A_string_longer_than_the_payload_is_malformed(string hex) =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex(hex, (ref PacketReader r) => r.Str32()));

    [Fact]
    public void A_string_longer_than_its_limit_is_malformed() =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex("00000003" + "616263", (ref PacketReader r) => r.Str32(2)));

    [Theory]
    [InlineData("00000000")]
    [InlineData("00001001")]
    [InlineData("ffffffff")]
    [InlineData("00000002" + "00000001")]
    public void Groups_must_be_one_to_4096_and_all_there(string hex) =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex(hex, (ref PacketReader r) => r.Groups()));

    [Fact]
    public void As_many_groups_as_allowed_are_read()
    {
        uint[] groups = [.. Enumerable.Range(0, PacketReader.MaxGroups).Select(i => (uint)i)];
        byte[] bytes = Packets.Payload((ref PacketWriter w) =>
        {
            w.Begin(PacketType.Nop);
            w.Groups(groups);
            w.End();
        });

        Assert.Equal(groups, Packets.Read(bytes, (ref PacketReader r) => r.Groups()));
    }

    [Fact]
    public void Rest_after_the_end_is_malformed() =>
        Assert.Throws<MalformedPacketException>(() => Packets.ReadHex("00", (ref PacketReader r) =>
        {
            r.End();
            return 0;
        }));

    [Fact]
    public void Over_memory_byte_strings_are_slices_of_it()
    {
        byte[] bytes = [2, 10, 11];
        var reader = new PacketReader(bytes.AsMemory());
        ReadOnlyMemory<byte> name = reader.Name8();
        bytes[1] = 99;

        Assert.Equal([99, 11], name.ToArray());
    }

    [Fact]
    public void Over_a_span_byte_strings_are_copies()
    {
        byte[] bytes = [2, 10, 11];
        var reader = new PacketReader(bytes.AsSpan());
        ReadOnlyMemory<byte> name = reader.Name8();
        bytes[1] = 99;

        Assert.Equal([10, 11], name.ToArray());
    }
}

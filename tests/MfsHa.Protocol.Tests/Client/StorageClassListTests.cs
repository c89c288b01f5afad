using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Client;

public class StorageClassListTests
{
    private static readonly StorageClassState s_keep = new([new byte[StorageClassDefinition.ExpressionSize]], 0, 1);

    private static readonly StorageClassDefinition s_class = new(
        false, 1, 0, StorageClassState.Undefined, s_keep, StorageClassState.Undefined, StorageClassState.Undefined);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Every_format_survives_parsing_and_writing(byte format)
    {
        byte[] payload = Write(format);
        IReadOnlyList<StorageClassListEntry> parsed = Parse(payload, format);

        Assert.Equal(["one", "two"], parsed.Select(e => Packets.Text(e.Name)));
        Assert.Equal(format >= 4 ? [1, 2] : [0, 0], parsed.Select(e => (int)e.ClassId));
        Assert.Equal(payload, Packets.Payload((ref PacketWriter w) => StorageClassListReply.Write(ref w, 7, format, parsed)));
        Assert.All(parsed, e => Assert.Equal((byte)(format >= 5 ? 1 : StorageClassState.ClassDefault), e.Definition!.Keep.LabelsMode));
    }

    [Fact]
    public void Lists_of_names_have_names_alone() =>
        Assert.Equal("00000007" + "036f6e65" + "0374776f", Convert.ToHexStringLower(Write(0)));

    [Fact]
    public void Lists_of_ids_have_ids_and_names() => Assert.Equal(
        "00000007" + "01" + "036f6e65" + "02" + "0374776f", Convert.ToHexStringLower(Write(StorageClassListReply.IdsAndNames)));

    [Fact]
    public void Long_lists_of_3_x_tools_have_masks() =>
        Assert.Equal(StorageClassDefinition.MaskFormat, StorageClassListReply.DefinitionFormat(1));

    [Theory]
    [InlineData(7)]
    [InlineData(254)]
    public void An_unknown_format_is_malformed(byte format) =>
        Assert.Throws<MalformedPacketException>(() => Parse(Write(6), format));

    [Fact]
    public void A_trash_list_survives_parsing_and_writing()
    {
        var entry = new TrashListEntry(7, Samples.FileAttributes, 24, Packets.Bytes("a"));
        foreach (bool withAttributes in new[] { false, true })
        {
            var list = new TrashListReply(9, 8, [withAttributes ? entry : entry with { Attributes = null }]);
            byte[] payload = Packets.Payload((ref PacketWriter w) => list.Write(ref w, 7, Versions.V4592));
            TrashListReply parsed = Packets.Read(payload[4..], (ref PacketReader r) => TrashListReply.Parse(ref r, withAttributes, Versions.V4592));

            string attributes = withAttributes ? Samples.FileAttributesHex + "0018" : string.Empty;
            Assert.Equal("00000007" + "00000009" + "00000008" + "00000001" + "00000007" + attributes + "0000000161", Convert.ToHexStringLower(payload));
            Assert.Equal(payload, Packets.Payload((ref PacketWriter w) => parsed.Write(ref w, 7, Versions.V4592)));
        }
    }

    private static byte[] Write(byte format) => Packets.Payload((ref PacketWriter w) => StorageClassListReply.Write(
        ref w,
        7,
        format,
        [new StorageClassListEntry(1, Packets.Bytes("one"), s_class), new StorageClassListEntry(2, Packets.Bytes("two"), s_class)]));

    private static IReadOnlyList<StorageClassListEntry> Parse(byte[] payload, byte format) =>
        Packets.Read(payload[4..], (ref PacketReader r) => StorageClassListReply.Parse(ref r, format));
}

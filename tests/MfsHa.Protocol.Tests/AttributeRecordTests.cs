using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests;

public class AttributeRecordTests
{
    [Theory]
    [InlineData(NodeType.Trash)]
    [InlineData(NodeType.Sustained)]
    public void Deleted_files_are_shown_as_files(NodeType type) =>
        Assert.Equal(Samples.FileAttributes, Rewritten(Samples.FileAttributes with { Type = type }, Versions.V4592));

    [Theory]
    [InlineData(NodeType.BlockDevice)]
    [InlineData(NodeType.CharDevice)]
    public void Devices_carry_their_number_in_place_of_a_length(NodeType type)
    {
        AttributeRecord device = Samples.DeviceAttributes with { Type = type, Device = 0xFFFEFFFD };

        Assert.Equal(device, Rewritten(device with { Length = 77 }, Versions.V4592));
    }

    [Fact]
    public void Old_clients_are_sent_no_Windows_attributes()
    {
        Assert.Equal(35, Bytes(Samples.FileAttributes, Versions.V3074).Length);
        Assert.Equal(Samples.FileAttributes with { WinAttr = WindowsAttributes.None }, Rewritten(Samples.FileAttributes, Versions.V3074));
    }

    [Fact]
    public void Type_and_mode_share_sixteen_bits()
    {
        AttributeRecord sticky = Samples.FileAttributes with { Type = NodeType.Directory, Mode = 0xFFF };

        Assert.Equal("2fff", Convert.ToHexStringLower(Bytes(sticky, Versions.V30117).AsSpan(1, 2)));
        Assert.Equal(sticky, Rewritten(sticky with { Mode = 0xFFFF }, Versions.V30117));
    }

    [Theory]
    [InlineData(AccessMask.None, 0x01)]
    [InlineData(AccessMask.Execute, 0x03)]
    [InlineData(AccessMask.Write, 0x05)]
    [InlineData(AccessMask.Write | AccessMask.Execute, 0x0F)]
    [InlineData(AccessMask.Read, 0x11)]
    [InlineData(AccessMask.Read | AccessMask.Execute, 0x33)]
    [InlineData(AccessMask.Read | AccessMask.Write, 0x55)]
    [InlineData(AccessMask.Read | AccessMask.Write | AccessMask.Execute, 0xFF)]
    public void Granted_access_covers_all_its_parts(AccessMask granted, int flags) =>
        Assert.Equal((LookupFlags)flags, LookupAccess.FlagsFor(granted));

    private static byte[] Bytes(AttributeRecord attributes, PeerVersion client) => Packets.Payload((ref PacketWriter w) =>
    {
        w.Begin(PacketType.Nop);
        attributes.Write(ref w, client);
        w.End();
    });

    private static AttributeRecord Rewritten(AttributeRecord attributes, PeerVersion client) =>
        Packets.Read(Bytes(attributes, client), (ref PacketReader r) => AttributeRecord.Parse(ref r, client));
}

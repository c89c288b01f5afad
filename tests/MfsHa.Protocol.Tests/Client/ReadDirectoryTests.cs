using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Client;

public class ReadDirectoryTests
{
    [Fact]
    public void A_page_has_a_cursor_and_entries_with_types()
    {
        byte[] payload = Packets.Payload((ref PacketWriter w) =>
        {
            ReadDirectoryReply.Begin(ref w, 7);
            ReadDirectoryReply.Entry(ref w, "."u8, 1, NodeType.Directory);
            ReadDirectoryReply.Entry(ref w, "a"u8, 5, NodeType.Symlink);
            ReadDirectoryReply.End(ref w, 0x1122);
        });

        Assert.Equal("00000007" + "0000000000001122" + "012e" + "00000001" + "02" + "0161" + "00000005" + "03", Convert.ToHexStringLower(payload));
    }

    [Fact]
    public void An_empty_page_is_no_status() => Assert.False(StatusReply.TryRead(
        Packets.Payload((ref PacketWriter w) =>
        {
            ReadDirectoryReply.Begin(ref w, 7);
            ReadDirectoryReply.End(ref w, ReadDirectoryReply.EndCursor);
        }),
        out _));

    [Theory]
    [InlineData("3.0.74")]
    [InlineData("4.59.2")]
    public void A_large_page_with_attributes_survives_parsing(string client)
    {
        PeerVersion version = Versions.All.Single(v => v.ToString() == client);
        const int Entries = 5000;
        byte[] payload = Packets.Payload((ref PacketWriter w) =>
        {
            ReadDirectoryReply.Begin(ref w, 7);
            for (uint i = 0; i < Entries; i++)
            {
                ReadDirectoryReply.Entry(ref w, Packets.Bytes($"entry {i}"), i, Samples.FileAttributes with { Uid = i }, version);
            }

            ReadDirectoryReply.End(ref w, ReadDirectoryReply.EndCursor);
        });
        ReadDirectoryPage page = Packets.Read(payload, (ref PacketReader r) =>
        {
            Assert.Equal(7u, r.U32());
            return ReadDirectoryReply.Parse(ref r, true, version);
        });

        Assert.Equal((ReadDirectoryReply.EndCursor, Entries), (page.Cursor, page.Entries.Count));
        DirectoryEntry last = page.Entries[^1];
        Assert.Equal(($"entry {Entries - 1}", Entries - 1u, NodeType.File, Entries - 1u), (Packets.Text(last.Name), last.Inode, last.NodeType, last.Attributes!.Value.Uid));
    }
}

using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Client;

public class CheckReplyTests
{
    private static readonly CheckedChunk s_chunk = new(0x55, 3, 0x60000000, new CheckedCopy[] { new(0x0A4D0003, 9422, CheckedCopyState.WrongVersion, 0x20) });
    private const string Head = "00000007" + "0000000000000055" + "00000003";

    [Theory]
    [InlineData(CheckMode.Legacy, Head + "0a4d0003" + "24ce" + "02")]
    [InlineData(CheckMode.Chunk, Head + "0a4d0003" + "24ce" + "02" + "20")]
    [InlineData(CheckMode.ChunkWithTime, Head + "60000000" + "0a4d0003" + "24ce" + "02" + "20")]
    public void A_chunk_is_told_in_the_modes_shape(CheckMode mode, string hex)
    {
        byte[] payload = Packets.Payload((ref PacketWriter w) => CheckReply.WriteChunk(ref w, 7, mode, s_chunk));
        Assert.Equal(hex, Convert.ToHexStringLower(payload));
        CheckedChunk parsed = Packets.Read(payload[4..], (ref PacketReader r) => CheckReply.ParseChunk(ref r, mode));

        Assert.Equal(hex, Packets.Hex((ref PacketWriter w) => CheckReply.WriteChunk(ref w, 7, mode, parsed)));
    }

    [Theory]
    [InlineData(CheckMode.Legacy, "00000007" + "00000005" + "00000006")]
    [InlineData(CheckMode.CountsByByte, "00000007" + "00" + "00000005" + "01" + "00000006")]
    [InlineData(CheckMode.CountsByWord, "00000007" + "0000" + "00000005" + "0001" + "00000006")]
    public void Counts_are_told_in_the_modes_shape(CheckMode mode, string hex)
    {
        CheckedCount[] counts = [new(0, 5), new(1, 6)];
        byte[] payload = Packets.Payload((ref PacketWriter w) => CheckReply.WriteCounts(ref w, 7, mode, counts));

        Assert.Equal(hex, Convert.ToHexStringLower(payload));
        Assert.Equal(counts, Packets.Read(payload[4..], (ref PacketReader r) => CheckReply.ParseCounts(ref r, mode)));
    }
}

using System.Buffers;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Framing;

public class PacketWriterTests
{
    [Fact]
    public void Fields_are_written_in_order_and_the_length_is_patched()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(output);
        writer.Begin(PacketType.LookupReply, 0x0A0B);
        writer.U8(1);
        writer.Bool(true);
        writer.U16(0x0203);
        writer.U64(4);
        writer.Name8("ab"u8);
        writer.Str32("c"u8);
        writer.Str32Z("d"u8);
        writer.Zeros(2);
        int size = writer.End();

        const string Expected = "00000197" + "00000020" + "00000a0b" + "01" + "01" + "0203" + "0000000000000004" + "026162" + "0000000163" + "000000026400" + "0000";
        Assert.Equal(Expected, Convert.ToHexStringLower(output.WrittenSpan));
        Assert.Equal(output.WrittenCount, size);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(5000)]
    [InlineData(1_000_000)]
    public void A_packet_may_outgrow_any_block(int length)
    {
        byte[] content = new byte[length];
        Random.Shared.NextBytes(content);
        var output = new ArrayBufferWriter<byte>(16);
        var writer = new PacketWriter(output);
        for (int packet = 0; packet < 2; packet++)
        {
            writer.Begin(PacketType.ReadLinkReply, 7);
            foreach (byte value in content)
            {
                writer.U8(value);
            }

            writer.End();
        }

        var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
        for (int packet = 0; packet < 2; packet++)
        {
            Assert.True(FrameParser.TryReadFrame(ref buffer, FrameLimits.FromClient, out PacketType type, out ReadOnlySequence<byte> payload));
            Assert.Equal(PacketType.ReadLinkReply, type);
            Assert.Equal(content, payload.Slice(4).ToArray());
        }

        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void Nothing_reaches_the_output_before_the_end()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(output);
        writer.Begin(PacketType.Nop);
        writer.Zeros(10_000);

        Assert.Equal(0, output.WrittenCount);
        writer.Discard();
        writer.Begin(PacketType.Nop);
        writer.End();
        Assert.Equal("0000000000000000", Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Fact]
    public void Fields_can_be_patched_after_the_packet_grew()
    {
        byte[] payload = Packets.Payload((ref PacketWriter w) =>
        {
            w.Begin(PacketType.ReadDirectoryReply, 7);
            int place = w.PayloadLength;
            w.U64(0);
            w.U32(0);
            w.Zeros(3000);
            w.PatchU64(place, 0x1122334455667788);
            w.PatchU32(place + 8, 0x99AABBCC);
            w.End();
        });

        Assert.Equal("00000007" + "1122334455667788" + "99aabbcc", Convert.ToHexStringLower(payload.AsSpan(0, 16)));
    }

    [Fact]
    public void A_name_of_more_than_255_bytes_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Packets.Payload((ref PacketWriter w) =>
        {
            w.Begin(PacketType.Nop);
            w.Name8(new byte[256]);
        }));

    [Fact]
    public void Writing_a_reply_takes_no_memory()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var reply = new Protocol.Client.LookupReply(7, Samples.FileAttributes, LookupFlags.KeepCache);
        WriteOnce(output, reply);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            WriteOnce(output, reply);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void WriteOnce(ArrayBufferWriter<byte> output, Protocol.Client.LookupReply reply)
    {
        var writer = new PacketWriter(output);
        Protocol.Client.ClientPackets.Write(reply, ref writer, 1, Versions.V4592);
    }
}

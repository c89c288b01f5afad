using System.Buffers;
using CsCheck;
using MfsHa.Protocol.Framing;
using Xunit;

namespace MfsHa.Protocol.Tests.Framing;

public class FrameParserTests
{
    private static readonly byte[] s_twoPackets = Convert.FromHexString("00000196" + "00000003" + "a1a2a3" + "00000000" + "00000000");

    [Fact]
    public void A_packet_is_found_however_the_stream_is_cut_into_segments()
    {
        for (int first = 0; first <= s_twoPackets.Length; first++)
        {
            for (int second = first; second <= s_twoPackets.Length; second++)
            {
                ReadOnlySequence<byte> buffer = Segments(s_twoPackets, first, second);

                Assert.True(FrameParser.TryReadFrame(ref buffer, FrameLimits.FromClient, out PacketType type, out ReadOnlySequence<byte> payload));
                Assert.Equal(PacketType.Lookup, type);
                Assert.Equal([0xA1, 0xA2, 0xA3], payload.ToArray());
                Assert.True(FrameParser.TryReadFrame(ref buffer, FrameLimits.FromClient, out type, out payload));
                Assert.Equal(PacketType.Nop, type);
                Assert.Equal(0, payload.Length);
                Assert.True(buffer.IsEmpty);
            }
        }
    }

    [Fact]
    public void An_incomplete_packet_leaves_the_buffer_alone()
    {
        for (int length = 0; length < PacketHeader.Size + 3; length++)
        {
            ReadOnlySequence<byte> buffer = Segments(s_twoPackets[..length], length / 3, length / 2);

            Assert.False(FrameParser.TryReadFrame(ref buffer, FrameLimits.FromClient, out _, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Fact]
    public void A_length_above_the_limit_is_refused_before_its_bytes_arrive()
    {
        var header = new byte[PacketHeader.Size];
        new PacketHeader(PacketType.Lookup, FrameLimits.ToChunkServer + 1).Write(header);
        var error = Assert.Throws<MalformedPacketException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(header);
            FrameParser.TryReadFrame(ref buffer, FrameLimits.ToChunkServer, out _, out _);
        });
        Assert.Contains("10001", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_of_the_limit_is_accepted()
    {
        var bytes = new byte[PacketHeader.Size + 16];
        new PacketHeader(PacketType.Lookup, 16).Write(bytes);
        var buffer = new ReadOnlySequence<byte>(bytes);

        Assert.True(FrameParser.TryReadFrame(ref buffer, 16, out _, out ReadOnlySequence<byte> payload));
        Assert.Equal(16, payload.Length);
    }

    [Fact]
    public void The_greatest_length_is_no_negative_number()
    {
        byte[] header = Convert.FromHexString("00000196" + "ffffffff");
        Assert.Throws<MalformedPacketException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(header);
            FrameParser.TryReadFrame(ref buffer, int.MaxValue, out _, out _);
        });
    }

    [Fact]
    public void A_gathered_payload_equals_the_cut_one() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((bytes, x, y) =>
        {
            int first = (int)(x * bytes.Length);
            int second = first + (int)(y * (bytes.Length - first));
            using var payload = ContiguousPayload.Of(Segments(bytes, first, second));
            return payload.Span.SequenceEqual(bytes);
        });

    private static ReadOnlySequence<byte> Segments(byte[] bytes, int first, int second)
    {
        var start = new Segment(bytes.AsMemory(0, first), 0);
        Segment end = start.Append(bytes.AsMemory(first, second - first)).Append(bytes.AsMemory(second));
        return new ReadOnlySequence<byte>(start, 0, end, end.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}

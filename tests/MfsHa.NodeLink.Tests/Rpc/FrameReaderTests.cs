using CsCheck;
using MfsHa.NodeLink.Rpc;
using Xunit;

namespace MfsHa.NodeLink.Tests.Rpc;

public sealed class FrameReaderTests
{
    [Fact]
    public void A_header_is_written_as_documented()
    {
        var bytes = new byte[FrameHeader.Length];
        var header = new FrameHeader(0x01020304, FrameKind.Reply, RpcMethod.AntiEntropy, 0xA1A2A3A4);
        header.Write(bytes);
        Assert.Equal([4, 3, 2, 1, 3, 0, 3, 0, 0xA4, 0xA3, 0xA2, 0xA1], bytes);
        Assert.Equal(header, FrameHeader.Read(bytes));
    }

    [Fact]
    public async Task Any_frames_come_back_however_the_stream_is_cut()
    {
        await Gen.Select(Gen.OneOf(Gen.Int[0, 40], Gen.Int[65_000, 66_000], Gen.Int[100_000, 300_000]).List[0, 12], Gen.Int[1, 100_000], Gen.Int[0, 5])
            .SampleAsync(
                async (lengths, cut, skipEvery) =>
                {
                    using var bytes = new MemoryStream();
                    var frames = lengths.Select((length, i) => (Header: new FrameHeader((uint)length, FrameKind.Request, RpcMethod.Execute, (uint)i), Payload: Bytes(length, i))).ToList();
                    foreach (var (header, payload) in frames)
                    {
                        var head = new byte[FrameHeader.Length];
                        header.Write(head);
                        bytes.Write(head);
                        bytes.Write(payload);
                    }

                    var sink = new Collector(skipEvery);
                    await FrameReader.RunAsync(new CutStream(bytes.ToArray(), cut), 1 << 20, sink, TestContext.Current.CancellationToken);
                    var expected = frames.Where((_, i) => !sink.Skips((uint)i)).ToList();
                    Assert.Equal(expected.Select(frame => frame.Header), sink.Frames.Select(frame => frame.Header));
                    // Not Assert.Equal: it compares large arrays element by element through objects.
                    Assert.All(expected.Zip(sink.Frames), pair => Assert.True(pair.First.Payload.AsSpan().SequenceEqual(pair.Second.Payload)));
                },
                iter: 100);
    }

    [Fact]
    public async Task A_frame_above_the_limit_ends_the_connection_before_memory_is_taken()
    {
        var head = new byte[FrameHeader.Length];
        new FrameHeader(1001, FrameKind.Request, RpcMethod.Execute, 1).Write(head);
        var sink = new Collector(0);
        await Assert.ThrowsAsync<InvalidDataException>(() => FrameReader.RunAsync(new MemoryStream(head), 1000, sink, TestContext.Current.CancellationToken));
        Assert.Equal(0, sink.Begun);
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class Collector(int skipEvery) : IFrameSink
    {
        public List<(FrameHeader Header, byte[] Payload)> Frames { get; } = [];

        public int Begun { get; private set; }

        public bool Skips(uint id) => skipEvery > 0 && id % skipEvery == 0;

        public byte[]? Begin(in FrameHeader header)
        {
            Begun++;
            return Skips(header.Id) ? null : new byte[header.PayloadLength];
        }

        public ValueTask EndAsync(FrameHeader header, byte[] payload)
        {
            Frames.Add((header, payload));
            return ValueTask.CompletedTask;
        }

        public void Idle()
        {
        }
    }

    private sealed class CutStream(byte[] bytes, int cut) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(cut, buffer.Length)], cancellationToken);
    }
}

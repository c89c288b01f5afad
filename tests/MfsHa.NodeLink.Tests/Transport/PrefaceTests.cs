using MfsHa.NodeLink.Formats;
using MfsHa.NodeLink.Transport;
using Xunit;

namespace MfsHa.NodeLink.Tests.Transport;

public sealed class PrefaceTests
{
    private static readonly byte[] Known =
        [(byte)'M', (byte)'H', 1, (byte)'R', 0, 10, 0x01, 0x02, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x00, 0x05];

    [Fact]
    public void Is_written_as_documented()
        => Assert.Equal(Known, new Preface(LinkKind.Raft, 0x0102, new NodeId(3), new NodeId(4), 5).ToArray());

    [Fact]
    public async Task Is_read_back_without_taking_a_byte_more()
    {
        using var stream = new MemoryStream([.. Known, 0xAA]);
        Assert.Equal(new Preface(LinkKind.Raft, 0x0102, new NodeId(3), new NodeId(4), 5), await Preface.ReadAsync(stream, TestContext.Current.CancellationToken));
        Assert.Equal(0xAA, stream.ReadByte());
    }

    [Fact]
    public async Task A_connection_without_a_byte_has_none()
        => Assert.Null(await Preface.ReadAsync(Stream.Null, TestContext.Current.CancellationToken));

    [Fact]
    public async Task Fields_of_a_later_version_are_skipped()
    {
        byte[] longer = [.. Known, 0, 0, 3, 0xAA];
        longer[5] = 13;
        using var stream = new MemoryStream(longer);
        Assert.Equal(new NodeId(3), (await Preface.ReadAsync(stream, TestContext.Current.CancellationToken))?.Sender);
        Assert.Equal(0xAA, stream.ReadByte());
    }

    [Fact]
    public async Task A_token_comes_after_the_fields_and_is_never_printed()
    {
        var preface = new Preface(LinkKind.Monitor, 0, new NodeId(3), new NodeId(4), 5) { Token = "secret" };
        byte[] bytes = preface.ToArray();
        Assert.Equal([0, 6, .. "secret"u8], bytes[Preface.Length..]);
        using var stream = new MemoryStream([.. bytes, 0xAA]);
        Assert.Equal("secret", (await Preface.ReadAsync(stream, TestContext.Current.CancellationToken))?.Token);
        Assert.Equal(0xAA, stream.ReadByte());
        Assert.DoesNotContain("secret", preface.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, new byte[] { 0, 0, 1, 2 })]
    [InlineData("x", new byte[] { 0, 1, (byte)'x', 1, 2 })]
    public async Task Format_levels_come_after_the_token_unless_it_is_only_the_first_one(string? token, byte[] expected)
    {
        var preface = new Preface(LinkKind.Rpc, 0, new NodeId(3), new NodeId(4), 5) { Token = token, Formats = new FormatRange(1, 2) };
        var bytes = preface.ToArray();
        Assert.Equal(expected, bytes[Preface.Length..]);
        using var stream = new MemoryStream([.. bytes, 0xAA]);
        Assert.Equal(preface, await Preface.ReadAsync(stream, TestContext.Current.CancellationToken));
        Assert.Equal(0xAA, stream.ReadByte());
        Assert.Equal(bytes.Length - expected.Length, new Preface(LinkKind.Rpc, 0, new NodeId(3), new NodeId(4), 5) { Formats = FormatRange.Unspoken }.ToArray().Length);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3, 2)]
    public async Task Format_levels_that_are_none_are_refused(byte oldest, byte newest)
    {
        var bytes = (new Preface(LinkKind.Rpc, 0, new NodeId(3), new NodeId(4), 5) { Formats = new FormatRange(1, 2) }).ToArray();
        (bytes[^2], bytes[^1]) = (oldest, newest);
        using var stream = new MemoryStream(bytes);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Preface.ReadAsync(stream, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_token_longer_than_what_there_is_is_refused()
    {
        byte[] bytes = (new Preface(LinkKind.Monitor, 0, new NodeId(3), new NodeId(4), 5) { Token = "secret" }).ToArray();
        bytes[Preface.Length + 1] = 7;
        using var stream = new MemoryStream(bytes);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Preface.ReadAsync(stream, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0, (byte)'G')]
    [InlineData(1, (byte)'E')]
    [InlineData(2, 2)]
    [InlineData(3, (byte)'X')]
    [InlineData(4, 5)] // length 5 * 256 + 10 is above the limit
    [InlineData(5, 9)] // shorter than the known fields
    [InlineData(9, 0)] // no sender
    public async Task Anything_else_is_refused(int position, byte value)
    {
        byte[] broken = [.. Known, .. new byte[2048]];
        broken[position] = value;
        using var stream = new MemoryStream(broken);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Preface.ReadAsync(stream, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(15)]
    public async Task An_end_before_its_last_byte_is_refused(int length)
    {
        using var stream = new MemoryStream(Known, 0, length);
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await Preface.ReadAsync(stream, TestContext.Current.CancellationToken));
    }
}

using System.IO.Pipelines;
using System.Text;
using MfsHa.Node.Admin;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.Node.Tests.Admin;

public sealed class ProtocolSplitterTests
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(1);

    private readonly Pipe _input = new();
    private readonly List<string> _http1 = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("P")]
    [InlineData("PRI * HTTP/2.1")]
    public async Task What_is_no_preface_goes_to_http_1_with_every_byte(string text)
    {
        await _input.Writer.WriteAsync(Encoding.ASCII.GetBytes(text + "rest"), Cancellation);
        await Run(new ProtocolSplitter(_long));
        Assert.Equal([text + "rest"], _http1);
    }

    [Fact]
    public async Task A_preface_goes_to_the_second_endpoint_with_every_byte_and_is_waited_for()
    {
        var splitter = new ProtocolSplitter(_long);
        await _input.Writer.WriteAsync(Encoding.ASCII.GetBytes(Preface + "rest"), Cancellation);
        Task split = Run(splitter);
        IConnectionListener listener = await splitter.BindAsync(splitter.EndPoint, Cancellation);
        ConnectionContext accepted = (await listener.AcceptAsync(Cancellation))!;
        ReadResult read = await accepted.Transport.Input.ReadAsync(Cancellation);
        Assert.Equal(Preface + "rest", Encoding.ASCII.GetString(read.Buffer));
        Assert.False(split.IsCompleted);
        await accepted.DisposeAsync();
        await split.WaitAsync(Cancellation);
        Assert.Empty(_http1);
    }

    [Fact]
    public async Task A_connection_that_says_too_little_for_too_long_is_dropped()
    {
        await _input.Writer.WriteAsync("PRI"u8.ToArray(), Cancellation);
        await Run(new ProtocolSplitter(TimeSpan.FromMilliseconds(20)));
        Assert.Empty(_http1);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("PRI *", 1)]
    public async Task An_end_inside_the_preface_is_told_and_one_without_a_byte_is_not(string text, int lines)
    {
        var told = new List<string>();
        await _input.Writer.WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation);
        await _input.Writer.CompleteAsync();
        await Run(new ProtocolSplitter(_long, (_, reason) => told.Add(reason)), isClosed: true);
        Assert.Equal(lines, told.Count);
        Assert.Empty(_http1);
    }

    [Fact]
    public async Task What_came_before_the_peer_closed_its_half_still_goes_to_http_1()
    {
        await _input.Writer.WriteAsync("GET /"u8.ToArray(), Cancellation);
        await _input.Writer.CompleteAsync();
        await Run(new ProtocolSplitter(_long), isClosed: true);
        Assert.Equal(["GET /"], _http1);
    }

    [Fact]
    public async Task After_the_end_nothing_is_accepted()
    {
        var splitter = new ProtocolSplitter(_long);
        await splitter.UnbindAsync(Cancellation);
        Assert.Null(await splitter.AcceptAsync(Cancellation));
    }

    private async Task Run(ProtocolSplitter splitter, bool isClosed = false)
    {
        var connection = new DefaultConnectionContext("test", new Duplex(_input.Reader), new Duplex(_input.Reader)) { ConnectionClosed = new(isClosed) };
        await splitter.Split(async http1 =>
        {
            ReadResult read = await http1.Transport.Input.ReadAsync(Cancellation);
            _http1.Add(Encoding.ASCII.GetString(read.Buffer));
        })(connection);
    }

    private sealed class Duplex(PipeReader input) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output { get; } = new Pipe().Writer;
    }
}

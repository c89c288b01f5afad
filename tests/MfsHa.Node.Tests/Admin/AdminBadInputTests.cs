using System.Net.Sockets;
using MfsHa.Node.Admin;

namespace MfsHa.Node.Tests.Admin;

/// <summary>What is said about connections to the admin port that send what it cannot take.</summary>
public sealed class AdminBadInputTests : IAsyncLifetime
{
    private const string Http2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0";

    private readonly RecordingLogs _logs = new();
    private readonly FakeCluster _cluster = new();
    private AdminServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, _logs, AdminGate.Open, Cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("", 0)]
    [InlineData(Http2, 0)]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 0)]
    [InlineData("GET /hea", 1)]
    [InlineData("what is this\r\n\r\n", 1)]
    [InlineData("PRI * HT", 1)]
    [InlineData(Http2 + "\u00FF\u00FF\u00FF\0\0\0\0\0\u0001", 1)]
    [InlineData(Http2 + "\0\0\u0064\u0001\u0004\0\0\0\u0001\u0082", 1)]
    [InlineData(Http2 + "\0\0\u0001\u0001\u0005\0\0\0\u0001\u00FF", 1)]
    public async Task A_connection_that_ends_by_what_it_sent_is_told_in_one_line_and_others_in_none(string text, int lines)
    {
        const int attempts = 5;
        for (int i = 0; i < attempts; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_server.LocalEndPoint, Cancellation);
            await socket.SendAsync(System.Text.Encoding.Latin1.GetBytes(text), Cancellation);
            socket.Shutdown(SocketShutdown.Send);
            byte[] answer = new byte[4096];
            while (await socket.ReceiveAsync(answer, Cancellation) > 0)
            {
                // Until it is closed.
            }
        }

        await _server.StopAsync(Cancellation);
        Assert.Equal(attempts * lines, _logs.Lines.Count(static line => line.Contains("admin connection 127.0.0.1:", StringComparison.Ordinal)));
        Assert.Equal(attempts * lines, _logs.Lines.Count);
    }
}

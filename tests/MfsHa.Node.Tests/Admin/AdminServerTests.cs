using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using AdminClient = MfsHa.Admin.Contract.Admin.AdminClient;

namespace MfsHa.Node.Tests.Admin;

/// <summary>HTTP/1.1 and gRPC on one port.</summary>
public sealed class AdminServerTests : IAsyncLifetime
{
    private readonly FakeCluster _cluster = new();
    private AdminServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Address => new($"http://127.0.0.1:{_server.LocalEndPoint.Port}");

    public async ValueTask InitializeAsync() => _server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, NullLoggerFactory.Instance, AdminGate.Open, Cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_prober_and_a_scraper_use_http_1()
    {
        using var http = new HttpClient { BaseAddress = Address };
        Assert.Equal("ok\n", await http.GetStringAsync("/healthz", Cancellation));
        Assert.Contains("process_start_time_seconds", await http.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/readyz", Cancellation)).StatusCode);
        _cluster.IsReady = false;
        HttpResponseMessage notReady = await http.GetAsync("/readyz", Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpVersion.Version11), (notReady.StatusCode, notReady.Version));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/other", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Grpc_and_http_1_are_served_side_by_side_on_the_same_port()
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var channel = GrpcChannel.ForAddress(Address);
        var admin = new AdminClient(channel);
        Task[] calls =
        [
            .. Enumerable.Range(0, 50).Select(async i =>
            {
                if (i % 2 == 0)
                {
                    Assert.Equal(0xABCDUL, (await admin.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation)).ClusterId);
                }
                else
                {
                    Assert.Equal("ok\n", await http.GetStringAsync("/healthz", Cancellation));
                }
            }),
        ];
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task A_stream_arrives_piece_by_piece_and_ends_with_the_failure()
    {
        _cluster.Checksums.Add(new ReplicaChecksum { Group = 0, Node = 1, Index = 9 });
        _cluster.Refusal = new AdminException(AdminFailure.Unavailable, "no leader");
        using var channel = GrpcChannel.ForAddress(Address);
        using AsyncServerStreamingCall<ReplicaChecksum> call = new AdminClient(channel).CheckConsistency(new CheckConsistencyRequest(), cancellationToken: Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(9UL, call.ResponseStream.Current.Index);
        RpcException failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal((StatusCode.Unavailable, "no leader"), (failure.StatusCode, failure.Status.Detail));
    }

    [Theory]
    [InlineData(AdminFailure.NotFound, StatusCode.NotFound)]
    [InlineData(AdminFailure.Refused, StatusCode.FailedPrecondition)]
    [InlineData(AdminFailure.Unavailable, StatusCode.Unavailable)]
    public async Task A_refusal_says_what_kind_it_is_and_why(AdminFailure failure, StatusCode code)
    {
        _cluster.Refusal = new AdminException(failure, "because");
        using var channel = GrpcChannel.ForAddress(Address);
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(
            async () => await new AdminClient(channel).RemoveNodeAsync(new RemoveNodeRequest { Node = 2 }, cancellationToken: Cancellation));
        Assert.Equal((code, "because"), (thrown.StatusCode, thrown.Status.Detail));
    }

    [Fact]
    public async Task A_request_that_comes_byte_by_byte_is_understood()
    {
        using Socket socket = await ConnectAsync();
        foreach (byte b in "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray())
        {
            await socket.SendAsync(new byte[] { b }, Cancellation);
        }

        Assert.StartsWith("HTTP/1.1 200", await ReadToEndAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_http_2_preface_that_comes_in_pieces_is_understood()
    {
        using Socket socket = await ConnectAsync();
        byte[] prefaceAndSettings = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
        foreach (byte[] piece in prefaceAndSettings.Chunk(7))
        {
            await socket.SendAsync(piece, Cancellation);
        }

        // The server's SETTINGS frame: length:24, type 4, flags 0, stream 0.
        byte[] frame = new byte[9];
        using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(frame, Cancellation);
        Assert.Equal(4, frame[3]);
    }

    [Theory]
    [InlineData("PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("PRX\r\n\r\n")]
    [InlineData("\0\0\0\0")]
    public async Task Something_else_gets_a_refusal_and_harms_nobody(string text)
    {
        using (Socket socket = await ConnectAsync())
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text), Cancellation);
            socket.Shutdown(SocketShutdown.Send);
            Assert.DoesNotContain("200", await ReadToEndAsync(socket), StringComparison.Ordinal);
        }

        using var http = new HttpClient { BaseAddress = Address };
        Assert.Equal("ok\n", await http.GetStringAsync("/healthz", Cancellation));
    }

    [Fact]
    public async Task Connections_that_end_before_they_say_anything_are_closed()
    {
        using Socket socket = await ConnectAsync();
        await socket.SendAsync("PRI * "u8.ToArray(), Cancellation);
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await ReadToEndAsync(socket));
    }

    [Fact]
    public async Task A_taken_port_fails_the_start()
    {
        IOException taken = await Assert.ThrowsAnyAsync<IOException>(
            () => AdminServer.StartAsync("127.0.0.1", _server.LocalEndPoint.Port, _cluster, _cluster, NullLoggerFactory.Instance, AdminGate.Open, Cancellation));
        Assert.Contains(Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), taken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_calls_that_wait()
    {
        _cluster.Gate = new TaskCompletionSource();
        using var channel = GrpcChannel.ForAddress(Address);
        Task<ClusterStatus> call = new AdminClient(channel).GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation).ResponseAsync;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _server.StopAsync(limit.Token);
        await Assert.ThrowsAsync<RpcException>(() => call);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_server.LocalEndPoint, Cancellation);
        return socket;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, Cancellation) is > 0 and int length)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, length));
        }

        return text.ToString();
    }
}

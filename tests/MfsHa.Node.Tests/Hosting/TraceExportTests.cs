using System.Net;
using System.Text;
using MfsHa.Cluster.Tracing;
using MfsHa.Node.Configuration;
using MfsHa.Node.Hosting;
using MfsHa.Node.Tests.Configuration;
using MfsHa.Protocol;

namespace MfsHa.Node.Tests.Hosting;

public sealed class TraceExportTests
{
    [Fact]
    public async Task A_collector_gets_what_was_traced()
    {
        using var collector = new HttpListener();
        var port = FreePort();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        using (Begin($"HA_TRACE_ENDPOINT = http://127.0.0.1:{port}/v1/traces\nHA_TRACE_RATIO = 1"))
        {
            Traces.BeginRequest(PacketType.MakeDirectory, session: 5, messageId: 77)!.Dispose();
            var call = await collector.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            using var body = new MemoryStream();
            await call.Request.InputStream.CopyToAsync(body, TestContext.Current.CancellationToken);
            call.Response.Close();
            Assert.Equal(("/v1/traces", "application/x-protobuf"), (call.Request.Url!.AbsolutePath, call.Request.ContentType));
            var text = Encoding.Latin1.GetString(body.ToArray());
            Assert.All(["mfsha", nameof(PacketType.MakeDirectory), "mfsha.session"], part => Assert.Contains(part, text, StringComparison.Ordinal));
        }

        Assert.Null(Traces.BeginRequest(PacketType.MakeDirectory, session: 5, messageId: 77));
    }

    [Fact]
    public void Without_a_collector_nothing_is_traced() => Assert.Null(Begin(""));

    [Theory]
    [InlineData("collector:4317")]
    [InlineData("ftp://collector/")]
    public void An_address_that_is_none_is_refused(string address) =>
        Assert.Contains("HA_TRACE_ENDPOINT", Assert.Throws<ConfigurationException>(() => Read.Node($"HA_TRACE_ENDPOINT = {address}")).Message, StringComparison.Ordinal);

    private static IDisposable? Begin(string lines) => TraceExport.Begin(Read.Node(lines));

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}

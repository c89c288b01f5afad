using System.Diagnostics;
using MfsHa.Gateway.Connections;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MfsHa.Gateway.Tests.Connections;

public sealed class ConnectionTests
{
    public static TheoryData<string, string> Garbage => new()
    {
        { "oversized", "FFFFFFFFFFFFFFFF" },
        { "longer than any request", "0000019200100001" },
        { "longer than any list", "000002BC02FAF081" },
        { "unknown type", "0000FFFF0000000400000001" },
        { "reply number", "000001930000000400000001" },
        { "no message id", "000001920000000100" },
        { "too short", "00000198000000050000000101" },
        { "too long", "0000019200000005000000010A" },
        { "huge group count", "0000019400000010000000010000000100000000FFFFFFFF" },
        { "second registration", "0000019000000041" + "44" + new string('0', 126) + "02" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task A_bad_frame_closes_its_connection_with_exactly_one_line(string kind, string bytes)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var other = await (await gateway.ConnectAsync()).RegisterAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        await client.SendRawAsync(Convert.FromHexString(bytes));
        Assert.Null(await client.ReadAnyAsync());
        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, $"a line about {kind}");
        Assert.Equal(StatusCode.Ok, await other.StatusAsync(new AccessRequest(1, Requests.Root, 4)));
        Assert.Single(gateway.Logs.Lines(LogLevel.Information));
    }

    [Theory]
    [InlineData("000001F40000400000")]
    [InlineData("000001920000000400000001")]
    [InlineData("474554202F20485454502F312E310D0A0D0A")]
    public async Task Strangers_are_closed_with_exactly_one_line(string bytes)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await gateway.ConnectAsync();
        await client.SendRawAsync(Convert.FromHexString(bytes));
        if (bytes.Length == 18)
        {
            // An announced packet that never comes in full is only silence: more of it is refused by its length.
            await client.SendRawAsync(Convert.FromHexString("00000190FFFFFFFF"));
            Assert.Empty(gateway.Logs.Lines(LogLevel.Information));
            return;
        }

        Assert.Null(await client.ReadAnyAsync());
        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, "a line");
        Assert.Single(gateway.Logs.Lines(LogLevel.Information));
    }

    [Fact]
    public async Task A_packet_that_is_cut_off_by_its_sender_is_told_in_one_line()
    {
        await using var gateway = await TestGateway.StartAsync();
        using (var client = await gateway.ConnectAsync())
        {
            await client.SendRawAsync(Convert.FromHexString("00000190000000410102"));
        }

        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, "a line");
        Assert.Contains("inside a packet", Assert.Single(gateway.Logs.Lines(LogLevel.Information)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_without_a_byte_is_no_news(bool isReset)
    {
        await using var gateway = await TestGateway.StartAsync();
        foreach (var port in new[] { gateway.Host.ClientEndPoint!, gateway.Host.ChunkServerEndPoint!, gateway.Host.MetaLoggerEndPoint! })
        {
            using var prober = await WireClient.ConnectAsync(port);
            prober.Socket.LingerState = new(isReset, 0);
        }

        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Debug).Count(static line => line.Contains("ended", StringComparison.Ordinal)) == 3, "the ends at Debug");
        Assert.Empty(gateway.Logs.Lines(LogLevel.Information));
    }

    [Fact]
    public async Task A_frame_may_come_byte_by_byte()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Write(buffer);
        foreach (var b in buffer.WrittenSpan.ToArray())
        {
            await client.SendRawAsync(new[] { b });
        }

        var frame = await client.ReadAsync();
        Assert.Equal((PacketType.MakeDirectoryReply, 44), (frame.Type, frame.Payload.Length));

        static void Write(System.Buffers.ArrayBufferWriter<byte> buffer)
        {
            var writer = new PacketWriter(buffer);
            Requests.MakeDirectory(1, "slowly").Write(ref writer, 1);
        }
    }

    [Fact]
    public async Task Registered_clients_hear_a_keep_alive_of_four_bytes_every_second()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync(WireClient.Version3);
        var since = Stopwatch.StartNew();
        var frame = await client.ReadAnyAsync();
        Assert.InRange(since.ElapsedMilliseconds, 800, 3000);
        Assert.Equal(PacketType.Nop, frame!.Type);
        Assert.Equal([0, 0, 0, 0], frame.Payload);
        Assert.Equal(PacketType.Nop, (await client.ReadAnyAsync())!.Type);
    }

    [Fact]
    public async Task A_silent_connection_is_closed_after_ten_seconds_and_a_pause_of_the_process_is_forgiven()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(clock: clock);
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        clock.Advance(TimeSpan.FromSeconds(60));
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(1, gateway.Host.Sessions);
        for (var i = 0; i < 36; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, gateway.Host.Sessions);
        for (var i = 0; i < 12; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await gateway.UntilAsync(() => gateway.Host.Sessions == 0, "closed");
        Assert.Contains("nothing received", Assert.Single(gateway.Logs.Lines(LogLevel.Information)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_does_not_read_gets_all_its_answers_later_and_harms_nobody()
    {
        await using var gateway = await TestGateway.StartAsync(limits: new ConnectionLimits { UnsentHighWater = 1 << 20 });
        using var slow = await (await gateway.ConnectAsync()).RegisterAsync();
        using var other = await (await gateway.ConnectAsync()).RegisterAsync();
        for (var i = 0; i < 500; i++)
        {
            await other.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, $"a-directory-with-a-long-name-{i:D50}"));
        }

        // 1,000 listings of 60 kB: 60 MB that nobody reads at first.
        const uint Count = 1000;
        for (uint id = 1; id <= Count; id++)
        {
            await slow.SendAsync(Requests.ReadDirectory(1, ReadDirectoryFlags.WithAttributes), id);
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(StatusCode.Ok, await other.StatusAsync(new AccessRequest(1, Requests.Root, 4)));
        }

        var seen = new HashSet<uint>();
        while (seen.Count < Count)
        {
            var frame = await slow.ReadAsync();
            Assert.Equal(PacketType.ReadDirectoryReply, frame.Type);
            Assert.True(seen.Add(new PacketReader(frame.Payload.AsMemory()).U32()));
        }
    }

    [Fact]
    public async Task A_client_that_never_reads_is_closed_when_too_much_is_unsent()
    {
        await using var gateway = await TestGateway.StartAsync(limits: new ConnectionLimits { UnsentLimit = 1 << 20 });
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        for (var i = 0; i < 1_000_000 && gateway.Host.Sessions == 1; i++)
        {
            gateway.Host.Notifier.Notify(new MfsHa.Cluster.Push.ClientNotification { Kind = MfsHa.Cluster.Push.ClientNotificationKind.LengthChanged, Sessions = [client.SessionId] });
        }

        await gateway.UntilAsync(() => gateway.Host.Sessions == 0, "closed");
        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, "a line");
        Assert.Contains("unsent", Assert.Single(gateway.Logs.Lines(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_requests_than_allowed_are_in_work_at_once()
    {
        await using var gateway = await TestGateway.StartAsync(limits: new ConnectionLimits { RequestsInWork = 8 });
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var working = 0;
        var most = 0;
        gateway.Cluster.Supervisor = async (_, cancellation) =>
        {
            var now = Interlocked.Increment(ref working);
            lock (gateway)
            {
                most = Math.Max(most, now);
            }

            await Task.Delay(5, cancellation);
            Interlocked.Decrement(ref working);
            return new MfsHa.Cluster.Routing.SupervisedStatus(StatusCode.Locked);
        };
        for (uint id = 1; id <= 100; id++)
        {
            await client.SendAsync(new WriteChunkRequest(2, 0, ChunkOperationFlags.None), id);
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(PacketType.WriteChunkReply, (await client.ReadAsync()).Type);
        }

        Assert.InRange(most, 2, 8);
    }

    [Fact]
    public async Task A_request_that_is_never_decided_ends_the_connection_at_its_deadline()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(clock: clock, limits: new ConnectionLimits { RequestDeadline = TimeSpan.FromSeconds(5) });
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        gateway.Cluster.Supervisor = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return new MfsHa.Cluster.Routing.SupervisedStatus(StatusCode.Ok);
        };
        await client.SendAsync(new WriteChunkRequest(2, 0, ChunkOperationFlags.None), 1);
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<MfsHa.Cluster.Routing.WriteChunkRequest>().Any(), "the request");
        for (var i = 0; i < 28 && gateway.Host.Sessions == 1; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, "a line");
        Assert.Contains("not decided", Assert.Single(gateway.Logs.Lines(LogLevel.Warning)), StringComparison.Ordinal);
    }
}

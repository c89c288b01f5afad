using System.Security.Cryptography;
using System.Text;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Replication.Locations;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tests.ChunkServers;

public sealed class ChunkServerRegistrationTests
{
    public static TheoryData<uint> Versions => [WireClient.Version3.Wire, WireClient.Version4.Wire];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_chunkserver_gets_an_id_lists_its_chunks_and_is_known(uint version)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.IntroduceAsync(version: new PeerVersion(version));
        var raw = await server.Wire.ReadAsync();
        Assert.Equal((PacketType.ChunkServerMasterAck, 17), (raw.Type, raw.Payload.Length));
        var accepted = Parse(raw);
        Assert.Equal((MasterAckKind.Accept, (ushort)1, TestCluster.MetaId, (ushort)10), (accepted.Kind, accepted.ChunkServerId, accepted.MetaId!.Value, accepted.TimeoutSeconds));
        await server.SendAsync(new LabelsReport(5).Write);
        for (ulong batch = 0; batch < 3; batch++)
        {
            await server.SendAsync(new ChunkServerChunks(PackedList<ChunkReport>.From(new ChunkReport(batch + 1, 7, batch == 2), new ChunkReport(batch + 100, 1, false)), false).Write);
            var ack = await server.Wire.ReadAsync();
            Assert.Equal((PacketType.ChunkServerMasterAck, (byte)0), (ack.Type, Assert.Single(ack.Payload)));
        }

        Assert.False(gateway.Locations.Servers.Single().IsComplete);
        await server.SendAsync(new ChunkServerEndOfChunks(false).Write);
        await gateway.UntilAsync(() => gateway.Locations.Servers.Single().IsComplete, "complete");
        var known = gateway.Locations.Servers.Single();
        Assert.Equal((WireChunkServer.Ip, (ushort)9422, version, 5u, 1000ul), (known.Info.Ip, known.Info.Port, known.Info.Version, known.Info.Labels, known.Info.TotalSpace));
        Assert.Equal(6, gateway.Locations.CountChunks(known.Incarnation));
        var found = new ChunkLocation[4];
        Assert.Equal(1, gateway.Locations.Find(3, found));
        Assert.Equal((7u, ChunkFlags.MarkedForRemoval), (found[0].Version, found[0].Flags));

        static MasterAck Parse(Frame frame)
        {
            var reader = new PacketReader(frame.Payload.AsMemory());
            return MasterAck.Parse(ref reader);
        }
    }

    [Fact]
    public async Task Reports_change_what_is_known()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync(chunks: [new ChunkReport(1, 1, false), new ChunkReport(2, 1, false), new ChunkReport(3, 1, false)]);
        await server.SendAsync(new SpaceReport(20, 2000, 5, 1, 2, 3).Write);
        await server.SendAsync(new LoadReport(77, HeavyLoadStatus.Overloaded, TransferringFlags.None).Write);
        await server.SendAsync(new NewChunksReport(PackedList<ChunkReport>.From(new ChunkReport(4, 9, false))).Write);
        await server.SendAsync((ref writer) => new ChunkIdsReport(PackedList<PackedChunkId>.From(new PackedChunkId(1))).Write(ref writer, PacketType.ChunkLost));
        await server.SendAsync((ref writer) => new ChunkIdsReport(PackedList<PackedChunkId>.From(new PackedChunkId(2))).Write(ref writer, PacketType.ChunkDoesNotExist));
        await server.SendAsync((ref writer) => new ChunkIdsReport(PackedList<PackedChunkId>.From(new PackedChunkId(3))).Write(ref writer, PacketType.ChunkDamaged));
        await server.SendAsync(ErrorReport.Write);
        await gateway.UntilAsync(() => gateway.Locations.Servers.Single().Info.Errors == 1, "the last report");
        var info = gateway.Locations.Servers.Single().Info;
        Assert.Equal((20ul, 2000ul, 5u, 77u, (byte)2), (info.UsedSpace, info.TotalSpace, info.Chunks, info.Load, info.HeavyLoadStatus));
        var found = new ChunkLocation[4];
        Assert.Equal([0, 0, 1, 1], new ulong[] { 1, 2, 3, 4 }.Select(id => gateway.Locations.Find(id, found)));
        gateway.Locations.Find(3, found);
        Assert.Equal(ChunkFlags.Damaged, found[0].Flags);
    }

    [Fact]
    public async Task Nothing_but_wait_is_sent_while_the_cluster_cannot_answer_and_the_link_is_kept_alive_after_it()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Cluster.Stop();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.IntroduceAsync(version: WireClient.Version3);
        var first = await server.Wire.ReadAnyAsync();
        Assert.Equal((PacketType.ChunkServerMasterAck, (byte)2), (first!.Type, first.Payload[0]));
        Assert.True(first.Payload.Length is 7 or 15);
        var nop = await server.Wire.ReadAnyAsync();
        Assert.Equal((PacketType.Nop, 0), (nop!.Type, nop.Payload.Length));
        gateway.Cluster.Continue();
        Assert.Equal(MasterAckKind.Accept, (await server.AckAsync()).Kind);
        await server.SendAsync(new ChunkServerEndOfChunks(false).Write);
        await gateway.UntilAsync(() => gateway.Locations.Servers.SingleOrDefault() is { IsComplete: true }, "registered");
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_introduction()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        Assert.Equal(0, server.Wire.Socket.Available);
        await server.RegisterAsync();
    }

    [Fact]
    public async Task A_new_link_of_the_same_chunkserver_takes_the_place_of_the_older_one()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var older = await gateway.ConnectChunkServerAsync();
        var first = await older.RegisterAsync(chunks: new ChunkReport(1, 1, false));
        using var newer = await gateway.ConnectChunkServerAsync();
        var second = await newer.RegisterAsync(id: first.ChunkServerId, chunks: new ChunkReport(2, 1, false));
        Assert.Equal(first.ChunkServerId, second.ChunkServerId);
        while (await older.Wire.ReadAnyAsync() is not null)
        {
            // Keep-alives until the end.
        }

        await gateway.UntilAsync(() => gateway.Locations.Servers is [{ IsComplete: true, IsConnected: true, Incarnation.Epoch: 2 }], "one link of epoch 2");
        Assert.Equal(2ul, gateway.Cluster.System.ChunkServers.Require(1).Epoch);
        Assert.True(gateway.Cluster.System.ChunkServers.Require(1).IsConnected);
    }

    [Fact]
    public async Task A_chunkserver_whose_id_is_in_use_waits_until_it_is_free()
    {
        await using var gateway = await TestGateway.StartAsync();
        var first = await gateway.ConnectChunkServerAsync();
        await first.RegisterAsync();
        using var second = await gateway.ConnectChunkServerAsync();
        await second.IntroduceAsync(id: first.Id, port: 9500);
        Assert.Equal(MasterAckKind.Wait, (await second.AckAsync()).Kind);
        first.Dispose();
        var accepted = await second.AckAsync();
        Assert.Equal((MasterAckKind.Accept, first.Id), (accepted.Kind, accepted.ChunkServerId));
    }

    [Fact]
    public async Task A_goodbye_begins_temporary_maintenance_and_a_broken_link_does_not()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var polite = await gateway.ConnectChunkServerAsync();
        await polite.RegisterAsync();
        await polite.SendAsync(new ChunkServerGoodbye().Write);
        await gateway.UntilAsync(() => gateway.Cluster.System.ChunkServers.Require(1) is { IsConnected: false, Maintenance: MaintenanceMode.Temporary }, "maintenance");
        var rude = await gateway.ConnectChunkServerAsync();
        await rude.RegisterAsync(port: 9500);
        rude.Dispose();
        await gateway.UntilAsync(() => gateway.Cluster.System.ChunkServers.Require(2) is { IsConnected: false, Maintenance: MaintenanceMode.Off }, "disconnected");
        await gateway.UntilAsync(() => gateway.Locations.Servers.All(s => !s.IsConnected), "both are gone");
    }

    [Fact]
    public async Task A_link_that_breaks_before_it_is_registered_leaves_nothing_connected()
    {
        await using var gateway = await TestGateway.StartAsync();
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<DropConnections>().Any(), "earlier runs are over");
        gateway.Cluster.Stop();
        var server = await gateway.ConnectChunkServerAsync();
        await server.IntroduceAsync();
        Assert.Equal(MasterAckKind.Wait, (await server.AckAsync()).Kind);
        server.Dispose();
        await Task.Delay(100, TestContext.Current.CancellationToken);
        gateway.Cluster.Continue();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await gateway.UntilAsync(() => gateway.Cluster.System.ChunkServers.Get(1) is not { IsConnected: true }, "not connected");
        Assert.Empty(gateway.Locations.Servers);
    }

    [Fact]
    public async Task AUTH_CODE_is_asked_for_and_checked()
    {
        await using var gateway = await TestGateway.StartAsync(authCode: "secret");
        using var server = await gateway.ConnectChunkServerAsync();
        await server.IntroduceAsync();
        var challenge = await server.AckAsync();
        Assert.Equal((MasterAckKind.Challenge, 32), (challenge.Kind, challenge.Random.Length));
        await server.IntroduceAsync(digest: Digest(challenge.Random.Span, "secret"));
        Assert.Equal(MasterAckKind.Accept, (await server.AckAsync()).Kind);

        using var wrong = await gateway.ConnectChunkServerAsync();
        await wrong.IntroduceAsync(port: 9500);
        await wrong.IntroduceAsync(port: 9500, digest: Digest((await wrong.AckAsync()).Random.Span, "guess"));
        Assert.Null(await wrong.Wire.ReadAnyAsync());
        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, "a line");
        Assert.Contains("AUTH_CODE", Assert.Single(gateway.Logs.Lines(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000006500000000")]
    [InlineData("000000640000000163")]
    [InlineData("00000064000000013D")]
    [InlineData("0000006400001000")]
    public async Task What_is_no_introduction_closes_the_link_with_one_line(string bytes)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.Wire.SendRawAsync(Convert.FromHexString(bytes));
        Assert.Null(await server.Wire.ReadAnyAsync());
        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, "a line");
        Assert.Single(gateway.Logs.Lines(LogLevel.Information));
    }

    [Theory]
    [InlineData("000000640000000163")]
    [InlineData("00000064000000013D")]
    public async Task A_bad_introduction_whose_sender_has_gone_is_told_all_the_same(string bytes)
    {
        const int attempts = 20;
        await using var gateway = await TestGateway.StartAsync();
        for (var i = 0; i < attempts; i++)
        {
            using var server = await gateway.ConnectChunkServerAsync();
            await server.Wire.SendRawAsync(Convert.FromHexString(bytes));
        }

        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count == attempts, "a line about each");
        Assert.Equal(attempts, gateway.Logs.Lines(LogLevel.Information).Count);
    }

#pragma warning disable CA5351 // What MooseFS's protocol asks for.
    private static byte[] Digest(ReadOnlySpan<byte> random, string secret) => MD5.HashData([.. random[..16], .. Encoding.ASCII.GetBytes(secret), .. random[16..]]);
#pragma warning restore CA5351
}

using MfsHa.Cluster.Chunks;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Replication.Locations;

namespace MfsHa.Gateway.Tests.ChunkServers;

public sealed class ChunkCommandTests
{
    [Fact]
    public async Task Every_command_has_its_packet_and_gets_the_status_of_its_answer()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync();
        var commands = new (ChunkCommand Command, string Payload)[]
        {
            (Command(ChunkCommandKind.Create, 1, 1), "000000000000000100000001"),
            (Command(ChunkCommandKind.SetVersion, 1, 2) with { OldVersion = 1 }, "00000000000000010000000200000001"),
            (Command(ChunkCommandKind.Truncate, 1, 3) with { OldVersion = 2, Length = 0x400 }, "0000000000000001000004000000000300000002"),
            (Command(ChunkCommandKind.Duplicate, 2, 1) with { OldChunk = 1, OldVersion = 3 }, "000000000000000200000001000000000000000100000003"),
            (Command(ChunkCommandKind.DuplicateTruncate, 3, 1) with { OldChunk = 1, OldVersion = 3, Length = 5 }, "00000000000000030000000100000000000000010000000300000005"),
            (Command(ChunkCommandKind.Delete, 1, 0), "000000000000000100000000"),
        };
        foreach (var (command, payload) in commands)
        {
            var executing = gateway.Host.ChunkServers.ExecuteAsync(command, TestContext.Current.CancellationToken).AsTask();
            var frame = await server.Wire.ReadAsync();
            Assert.Equal((PacketType)command.Kind, frame.Type);
            Assert.Equal(payload, Convert.ToHexString(frame.Payload));
            await server.SendAsync((ref writer) => new ChunkCommandReply(command.Chunk, StatusCode.Ok).Write(ref writer, frame.Type));
            Assert.Equal(StatusCode.Ok, await executing);
        }

        var found = new ChunkLocation[2];
        Assert.Equal([0, 1, 1], new ulong[] { 1, 2, 3 }.Select(id => gateway.Locations.Find(id, found)));
        var replicating = gateway.Host.ChunkServers.ExecuteAsync(
            Command(ChunkCommandKind.Replicate, 9, 4) with { SourceAddress = 0x0A000002, SourcePort = 9422 }, TestContext.Current.CancellationToken).AsTask();
        Assert.Equal("0000000000000009000000040A00000224CE", Convert.ToHexString((await server.Wire.ReadAsync()).Payload));
        await server.SendAsync((ref writer) => new ReplicationReply(9, 4, StatusCode.WrongVersion).Write(ref writer, PacketType.ReplicateChunk));
        Assert.Equal(StatusCode.WrongVersion, await replicating);
        Assert.Equal(0, gateway.Locations.Find(9, found));
    }

    [Fact]
    public async Task Copy_that_an_order_shows_to_be_another_is_not_taken_for_a_good_one()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync();
        await AnsweredAsync(Command(ChunkCommandKind.Create, 1, 1), StatusCode.Ok);
        await AnsweredAsync(Command(ChunkCommandKind.SetVersion, 1, 9) with { OldVersion = 8 }, StatusCode.WrongVersion);
        await AnsweredAsync(Command(ChunkCommandKind.Create, 1, 1), StatusCode.ChunkExist);
        Assert.Equal(1u, VersionOf(1));
        await AnsweredAsync(Command(ChunkCommandKind.SetVersion, 1, 2) with { OldVersion = 1 }, StatusCode.WrongVersion);
        Assert.Equal(0u, VersionOf(1));
        await AnsweredAsync(Command(ChunkCommandKind.Create, 2, 1), StatusCode.ChunkExist);
        Assert.Equal(0u, VersionOf(2));
        await AnsweredAsync(Command(ChunkCommandKind.SetVersion, 2, 1) with { OldVersion = 1 }, StatusCode.Ok);
        Assert.Equal(1u, VersionOf(2));

        async Task AnsweredAsync(ChunkCommand command, StatusCode status)
        {
            var executing = gateway.Host.ChunkServers.ExecuteAsync(command, TestContext.Current.CancellationToken).AsTask();
            var frame = await server.Wire.ReadAsync();
            await server.SendAsync((ref writer) => new ChunkCommandReply(command.Chunk, status).Write(ref writer, frame.Type));
            Assert.Equal(status, await executing);
        }

        uint VersionOf(ulong chunk)
        {
            var found = new ChunkLocation[1];
            Assert.Equal(1, gateway.Locations.Find(chunk, found));
            return found[0].Version;
        }
    }

    [Fact]
    public async Task Two_commands_of_a_kind_for_a_chunk_go_one_after_the_other_and_others_at_once()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync();
        var first = Execute(gateway, Command(ChunkCommandKind.SetVersion, 1, 2));
        var second = Execute(gateway, Command(ChunkCommandKind.SetVersion, 1, 3));
        var other = Execute(gateway, Command(ChunkCommandKind.SetVersion, 2, 2));
        Assert.Equal(2, (await server.Wire.ReadAsync()).Payload[11]);
        Assert.Equal(2, (await server.Wire.ReadAsync()).Payload[7]);
        await AnswerAsync(server, 2, StatusCode.Io);
        Assert.Equal(StatusCode.Io, await other);
        Assert.False(first.IsCompleted);
        await AnswerAsync(server, 1, StatusCode.Ok);
        Assert.Equal(StatusCode.Ok, await first);
        Assert.Equal(3, (await server.Wire.ReadAsync()).Payload[11]);
        await AnswerAsync(server, 1, StatusCode.WrongVersion);
        Assert.Equal(StatusCode.WrongVersion, await second);
    }

    [Fact]
    public async Task A_link_that_breaks_leaves_the_outcome_open()
    {
        await using var gateway = await TestGateway.StartAsync();
        var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync();
        var executing = Execute(gateway, Command(ChunkCommandKind.Create, 1, 1));
        await server.Wire.ReadAsync();
        server.Dispose();
        Assert.Equal(StatusCode.Disconnected, await executing);
        Assert.Equal(StatusCode.Disconnected, await Execute(gateway, Command(ChunkCommandKind.Create, 2, 1)));
        Assert.Equal(StatusCode.Disconnected, await Execute(gateway, Command(ChunkCommandKind.Create, 2, 1) with { Server = 77 }));
    }

    [Fact]
    public async Task What_was_executed_is_noted_even_when_nobody_waits_any_more_and_in_the_order_of_the_reports()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync();
        using var impatient = new CancellationTokenSource();
        var executing = gateway.Host.ChunkServers.ExecuteAsync(Command(ChunkCommandKind.Create, 1, 1), impatient.Token).AsTask();
        await server.Wire.ReadAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => executing);
        await AnswerAsync(server, 1, StatusCode.Ok, PacketType.CreateChunk);
        var found = new ChunkLocation[2];
        await gateway.UntilAsync(() => gateway.Locations.Find(1, found) == 1, "the chunk");

        for (ulong chunk = 100; chunk < 150; chunk++)
        {
            var creating = Execute(gateway, Command(ChunkCommandKind.Create, chunk, 1));
            await server.Wire.ReadAsync();
            await server.SendAsync((ref writer) =>
            {
                new ChunkCommandReply(chunk, StatusCode.Ok).Write(ref writer, PacketType.CreateChunk);
                new ChunkIdsReport(PackedList<PackedChunkId>.From(new PackedChunkId(chunk))).Write(ref writer, PacketType.ChunkLost);
                ErrorReport.Write(ref writer);
            });
            Assert.Equal(StatusCode.Ok, await creating);
            await gateway.UntilAsync(() => gateway.Locations.Servers.Single().Info.Errors == chunk - 99, "all three packets");
            Assert.Equal(0, gateway.Locations.Find(chunk, found));
        }
    }

    [Fact]
    public async Task An_answer_that_nobody_waits_for_is_no_reason_to_close()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync();
        await AnswerAsync(server, 4711, StatusCode.Ok);
        var executing = Execute(gateway, Command(ChunkCommandKind.SetVersion, 1, 2));
        await server.Wire.ReadAsync();
        await AnswerAsync(server, 1, StatusCode.Ok);
        Assert.Equal(StatusCode.Ok, await executing);
    }

    private static ChunkCommand Command(ChunkCommandKind kind, ulong chunk, uint version) => new() { Kind = kind, Server = 1, Chunk = chunk, Version = version };

    private static Task<StatusCode> Execute(TestGateway gateway, ChunkCommand command) =>
        gateway.Host.ChunkServers.ExecuteAsync(command, TestContext.Current.CancellationToken).AsTask();

    private static Task AnswerAsync(WireChunkServer server, ulong chunk, StatusCode status, PacketType command = PacketType.SetChunkVersion) =>
        server.SendAsync((ref writer) => new ChunkCommandReply(chunk, status).Write(ref writer, command));
}

using System.Buffers.Binary;
using MfsHa.Cluster.Chunks;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tests.Manual;

/// <summary>Unmodified mfschunkserver programs against a gateway.</summary>
public sealed class RealChunkServerTests
{
    public static TheoryData<string> Programs => new(RealChunkServer.Programs);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_chunkserver_registers_obeys_and_comes_back_with_its_chunks(string program)
    {
        using var address = RealChunkServer.TakeAddress();
        await using var gateway = await TestGateway.StartAsync(address: RealChunkServer.Address, authCode: "secret");
        await using var server = RealChunkServer.Start(program, gateway.Host.ChunkServerEndPoint!, authCode: "secret");
        await gateway.UntilAsync(() => gateway.Locations.Servers is [{ IsComplete: true, Info.TotalSpace: > 0 }], "registered with its space");
        var info = gateway.Locations.Servers.Single().Info;
        Assert.Equal((BinaryPrimitives.ReadUInt32BigEndian(RealChunkServer.Address.GetAddressBytes()), 5u), (info.Ip, info.Labels));

        Assert.Equal(StatusCode.Ok, await ExecuteAsync(gateway, ChunkCommandKind.Create, 0x11, 1));
        Assert.Equal(StatusCode.ChunkExist, await ExecuteAsync(gateway, ChunkCommandKind.Create, 0x11, 1));
        Assert.Equal(StatusCode.Ok, await ExecuteAsync(gateway, ChunkCommandKind.SetVersion, 0x11, 2, oldVersion: 1));
        Assert.Equal(StatusCode.WrongVersion, await ExecuteAsync(gateway, ChunkCommandKind.SetVersion, 0x11, 2, oldVersion: 1));

        // To a version from itself: the question whether a copy has it.
        Assert.Equal(StatusCode.Ok, await ExecuteAsync(gateway, ChunkCommandKind.SetVersion, 0x11, 2, oldVersion: 2));
        Assert.Equal(StatusCode.WrongVersion, await ExecuteAsync(gateway, ChunkCommandKind.SetVersion, 0x11, 3, oldVersion: 3));
        Assert.Equal(StatusCode.NoChunk, await ExecuteAsync(gateway, ChunkCommandKind.SetVersion, 0x14, 3, oldVersion: 3));
        Assert.Equal([(0x11ul, 2u)], Chunks(gateway));
        Assert.Equal(StatusCode.Ok, await ExecuteAsync(gateway, ChunkCommandKind.Truncate, 0x11, 3, oldVersion: 2, length: 100_000));
        Assert.Equal(StatusCode.Ok, await ExecuteAsync(gateway, ChunkCommandKind.Duplicate, 0x12, 1, oldChunk: 0x11, oldVersion: 3));
        Assert.Equal(StatusCode.Ok, await ExecuteAsync(gateway, ChunkCommandKind.DuplicateTruncate, 0x13, 1, oldChunk: 0x11, oldVersion: 3, length: 5));
        Assert.Equal(StatusCode.Ok, await ExecuteAsync(gateway, ChunkCommandKind.Delete, 0x12, 1));
        Assert.Equal([(0x11ul, 3u), (0x13ul, 1u)], Chunks(gateway));

        // The cluster stands still: the chunkserver is told to wait, stays, and lists its chunks when it is answered.
        gateway.Cluster.Stop();
        gateway.Host.ChunkServers.End(1);
        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Information).Any(l => l.Contains("has gone", StringComparison.Ordinal)), "gone");
        await Task.Delay(TimeSpan.FromSeconds(14), TestContext.Current.CancellationToken);
        gateway.Cluster.Continue();
        await gateway.UntilAsync(() => gateway.Locations.Servers is [{ IsComplete: true, IsConnected: true, Incarnation.Epoch: > 1 }], "back");
        Assert.Equal([(0x11ul, 3u), (0x13ul, 1u)], Chunks(gateway));
        Assert.Equal(1, gateway.Locations.Servers.Single().Incarnation.ChunkServerId);

        await server.StopAsync();
        await gateway.UntilAsync(() => !gateway.Cluster.System.ChunkServers.Require(1).IsConnected, "stopped");
        Assert.Empty(gateway.Logs.Lines(LogLevel.Warning));
    }

    private static async Task<StatusCode> ExecuteAsync(
        TestGateway gateway, ChunkCommandKind kind, ulong chunk, uint version, ulong oldChunk = 0, uint oldVersion = 0, uint length = 0)
    {
        var command = new ChunkCommand { Kind = kind, Server = 1, Chunk = chunk, Version = version, OldChunk = oldChunk, OldVersion = oldVersion, Length = length };
        return await gateway.Host.ChunkServers.ExecuteAsync(command, TestContext.Current.CancellationToken);
    }

    private static (ulong, uint)[] Chunks(TestGateway gateway)
    {
        var page = new ChunkCopy[10];
        long cursor = 0;
        var count = gateway.Locations.ReadChunks(gateway.Locations.Servers.Single().Incarnation, ref cursor, page);
        return [.. page[..count].Select(c => (c.ChunkId, c.Version)).Order()];
    }
}

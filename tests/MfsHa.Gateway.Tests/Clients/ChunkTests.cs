using MfsHa.Gateway.Clients;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Metadata.Chunks;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Tests.Clients;

public sealed class ChunkTests
{
    [Fact]
    public async Task A_lookup_tells_holes_at_once_and_chunks_whose_copies_are_known_and_free()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var (inode, chunk) = await WriteAsync(gateway, client, end: false);
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync(chunks: new ChunkReport(chunk, 1, false));
        await gateway.UntilAsync(() => gateway.Locations.Servers is [{ IsComplete: true }], "registered");

        // Locked for writing: nothing is told.
        Assert.Null((await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "file"))).Chunk);
        await EndAsync(gateway, client, inode, chunk);
        var told = (await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "file"))).Chunk!.Value;
        Assert.Equal((chunk, 1u), (told.ChunkId, told.Version));
        Assert.Equal((WireChunkServer.Ip, (ushort)9422, WireClient.Version4), (told.Servers.Span[0].Ip, told.Servers.Span[0].Port, told.Servers.Span[0].Version));
        await server.SendAsync((ref writer) => new ChunkIdsReport(MfsHa.Protocol.Framing.PackedList<PackedChunkId>.From(new PackedChunkId(chunk))).Write(ref writer, PacketType.ChunkDamaged));
        await server.SendAsync(ErrorReport.Write);
        await gateway.UntilAsync(() => gateway.Locations.Servers.Single().Info.Errors == 1, "the report");
        Assert.Null((await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "file"))).Chunk);

        await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "empty"));
        Assert.Null((await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "empty"))).Chunk);
        await WriteAsync(gateway, client, end: false, name: "holed", index: 1);
        var hole = (await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "holed"))).Chunk!.Value;
        Assert.Equal((ChunkDataProtocol.Copies, 0ul, 0), (hole.Protocol, hole.ChunkId, hole.Servers.Length));
    }

    [Fact]
    public async Task Repair_takes_the_newest_version_there_is_and_gives_up_only_when_everybody_was_asked()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var (inode, chunk) = await WriteAsync(gateway, client, end: true);
        var repair = new RepairRequest(inode, Requests.Root, 1);

        // Nobody is connected: the chunk is missing, but not lost.
        Assert.Equal(StatusCode.CsNotPresent, await client.StatusAsync(repair));
        var first = await gateway.ConnectChunkServerAsync();
        await first.RegisterAsync(chunks: new ChunkReport(chunk, 5, false));
        using var second = await gateway.ConnectChunkServerAsync();
        await second.RegisterAsync(port: 9500, chunks: new ChunkReport(chunk, 4, false));
        await gateway.UntilAsync(() => gateway.Locations.Servers.Count(s => s.IsComplete) == 2, "registered");
        Assert.Equal(new RepairReply(0, 0, 1), await client.CallAsync<RepairRequest, RepairReply>(repair));
        Assert.Equal(5u, gateway.Cluster.Namespace.Chunks.Require(chunk).Version);
        Assert.Equal(new RepairReply(1, 0, 0), await client.CallAsync<RepairRequest, RepairReply>(repair));

        await second.SendAsync((ref writer) => new ChunkIdsReport(MfsHa.Protocol.Framing.PackedList<PackedChunkId>.From(new PackedChunkId(chunk))).Write(ref writer, PacketType.ChunkLost));
        await second.SendAsync(ErrorReport.Write);
        await gateway.UntilAsync(() => gateway.Locations.Servers.Any(s => s.Info.Errors == 1), "the report");
        first.Dispose();
        await gateway.UntilAsync(() => gateway.Locations.Servers.Count(s => s.IsConnected) == 1, "one is away");
        Assert.Equal(StatusCode.CsNotPresent, await client.StatusAsync(repair));
        using var again = await gateway.ConnectChunkServerAsync();
        await again.RegisterAsync(id: first.Id);
        await gateway.UntilAsync(() => gateway.Locations.Servers.Count(s => s is { IsComplete: true, IsConnected: true }) == 2, "it is back, empty");
        Assert.Equal(new RepairReply(1, 0, 0), await client.CallAsync<RepairRequest, RepairReply>(repair with { Flags = 0 }));
        Assert.Equal(new RepairReply(0, 1, 0), await client.CallAsync<RepairRequest, RepairReply>(repair));
        Assert.Equal(new RepairReply(0, 0, 0), await client.CallAsync<RepairRequest, RepairReply>(repair));
    }

    [Fact]
    public async Task Snapshots_are_made_and_removed_and_slices_appended()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var directory = await client.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "d"));
        await WriteAsync(gateway, client, end: true, directory.Inode);
        var snapshot = new SnapshotRequest(directory.Inode, 1, "copy"u8.ToArray(), Requests.Root, SnapshotModes.None, 0);
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(snapshot));
        var copy = await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "copy"));
        var file = await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(copy.Inode, "file"));
        var target = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "target"));
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new AppendSliceRequest(AppendSliceFlags.None, target.Inode, file.Inode, 0, 0x8000_0000, Requests.Root)));
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(snapshot with { SourceInode = 0, Mode = SnapshotModes.Delete }));
        Assert.Equal(StatusCode.ENoEnt, await client.StatusAsync(Requests.Lookup(1, "copy")));
    }

    [Fact]
    public async Task Options_of_mfsmaster_have_no_values_here()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        await client.SendAsync(new GetConfigRequest(7, "DATA_PATH"u8.ToArray()).Write);
        var value = await client.ReadAsync();
        Assert.Equal((PacketType.ConfigValue, "0000000700"), (value.Type, Convert.ToHexString(value.Payload)));
        Assert.Equal(StatusCode.ENoEnt, await client.StatusAsync(new GetConfigFileRequest("LICENCE_FILENAME"u8.ToArray())));
    }

    private static async Task<(uint Inode, ulong Chunk)> WriteAsync(TestGateway gateway, WireClient client, bool end, uint parent = 1, string name = "file", uint index = 0)
    {
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(parent, name));
        var begin = new BeginWrite
        {
            Inode = file.Inode,
            Index = index,
            Flags = ChunkOperationFlags.None,
            SeenChunk = 0,
            SeenVersion = 0,
            Copies = SeenCopies.Good,
            Caller = CallerFactory.Nobody with { Session = client.SessionId },
        };
        var begun = Assert.IsType<ChunkWorkReply>(await gateway.Cluster.ExecuteAsync(begin, TestContext.Current.CancellationToken));
        if (end)
        {
            await EndAsync(gateway, client, file.Inode, begun.Chunk);
        }

        return (file.Inode, begun.Chunk);
    }

    private static async Task EndAsync(TestGateway gateway, WireClient client, uint inode, ulong chunk)
    {
        var end = new EndWrite(chunk, inode, 0, 1000, ChunkOperationFlags.None, CallerFactory.Nobody with { Session = client.SessionId });
        Assert.Equal(StatusCode.Ok, (await gateway.Cluster.ExecuteAsync(end, TestContext.Current.CancellationToken)).Status);
    }
}

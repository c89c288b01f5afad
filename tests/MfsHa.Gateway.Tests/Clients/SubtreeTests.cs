using System.Text;
using MfsHa.Gateway.Exports;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Tests.Clients;

public sealed class SubtreeTests
{
    [Fact]
    public async Task Changes_of_large_subtrees_take_several_commands_and_are_summed_up()
    {
        const int Files = 2500;
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var directory = await client.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "d"));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Write(buffer, directory.Inode);
        var sending = client.SendRawAsync(buffer.WrittenMemory);
        for (var i = 0; i < Files; i++)
        {
            Assert.Equal(PacketType.CreateReply, (await client.ReadAsync()).Type);
        }

        await sending;
        var set = await client.CallAsync<SetTrashRetentionRequest, SetTrashRetentionReply>(
            new SetTrashRetentionRequest(directory.Inode, 0, 7200, SetModes.Set | SetModes.Recursive));
        Assert.Equal(new ChangeCounts(Files + 1, 0, 0), set.Counts);
        var steps = gateway.Cluster.Asked.OfType<SetTrashRetention>().ToList();
        Assert.True(steps.Count > 1);
        Assert.NotNull(steps[0].Stamp);
        Assert.All(steps.Skip(1), s => Assert.Null(s.Stamp));
        var read = await client.CallAsync<GetTrashRetentionRequest, GetTrashRetentionReply>(new GetTrashRetentionRequest(directory.Inode, GetMode.Recursive));
        Assert.Equal([new RetentionCount(7200, Files)], read.Files.ToArray());
        Assert.Equal([new RetentionCount(7200, 1)], read.Directories.ToArray());

        static void Write(System.Buffers.ArrayBufferWriter<byte> buffer, uint directory)
        {
            var writer = new PacketWriter(buffer);
            for (uint i = 1; i <= Files; i++)
            {
                Requests.Create(directory, $"f{i}").Write(ref writer, i);
            }
        }
    }

    [Fact]
    public async Task The_exports_limits_of_retention_and_the_remapped_root_are_respected()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Exports.Decide = _ => new ExportMatch(
            StatusCode.Ok, new ExportGrant { Flags = SessionFlags.Admin, RootUid = 5, RootGid = 5, MinTrashSeconds = 3600, MaxTrashSeconds = 7200 }, 0);
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        Assert.Equal(StatusCode.EPerm, await client.StatusAsync(new SetTrashRetentionRequest(1, 0, 1, SetModes.Set)));
        Assert.Equal(StatusCode.EPerm, await client.StatusAsync(new SetTrashRetentionRequest(1, 0, 7201, SetModes.Set)));
        Assert.Equal(StatusCode.EAcces, await client.StatusAsync(new QuotaControlRequest(1, QuotaFlags.HardInodes, new QuotaSetting(0, default, new QuotaLimits(1, 0, 0, 0)))));
        await client.CallAsync<QuotaControlRequest, QuotaControlReply>(new QuotaControlRequest(1, QuotaFlags.None, null));
    }

    [Fact]
    public async Task Storage_classes_are_made_listed_changed_and_given_to_files()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var label = new byte[StorageClassDefinition.ExpressionSize];
        label[0] = 0xC1;
        var keep = new StorageClassState([label, new byte[StorageClassDefinition.ExpressionSize]]);
        var definition = new StorageClassDefinition(true, 2, 48, StorageClassState.Undefined, keep, StorageClassState.Undefined, StorageClassState.Undefined, 1);
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new StorageClassCreateRequest("mine"u8.ToArray(), 5, definition)));
        Assert.Equal(StatusCode.ClassExists, await client.StatusAsync(new StorageClassCreateRequest("mine"u8.ToArray(), 5, definition)));
        var shown = await client.CallAsync<StorageClassChangeRequest, StorageClassChangeReply>(
            new StorageClassChangeRequest("mine"u8.ToArray(), 5, StorageClassChanges.None, definition));
        Assert.Equal((true, (byte)2, (ushort)48, 2), (shown.Definition.AdminOnly, shown.Definition.LabelsMode, shown.Definition.ArchiveDelay, shown.Definition.Keep.Labels.Count));
        Assert.Equal(label, shown.Definition.Keep.Labels[0].ToArray());

        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        var set = await client.CallAsync<SetStorageClassRequest, SetStorageClassReply>(new SetStorageClassRequest(file.Inode, 0, null, SetModes.Set, default, "mine"u8.ToArray()));
        Assert.Equal(new ChangeCounts(1, 0, 0), set.Counts);
        var read = await client.CallAsync<GetStorageClassRequest, GetStorageClassReply>(new GetStorageClassRequest(file.Inode, GetMode.Normal));
        Assert.Equal("mine", Encoding.UTF8.GetString(Assert.Single(read.Files.ToArray()).Name.Span));
        var goal = await client.CallAsync<SetStorageClassRequest, SetStorageClassReply>(new SetStorageClassRequest(file.Inode, 0, 3, SetModes.Set, default, default));
        Assert.Equal(new ChangeCounts(1, 0, 0), goal.Counts);
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new StorageClassRenameRequest("mine"u8.ToArray(), "yours"u8.ToArray())));
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new StorageClassDeleteRequest("yours"u8.ToArray())));

        await client.SendAsync(new StorageClassListRequest(StorageClassListReply.IdsAndNames), 4);
        var list = await client.ReadAsync();
        Assert.Equal(9, Entries(list).Count);

        static IReadOnlyList<StorageClassListEntry> Entries(Frame frame)
        {
            var reader = new PacketReader(frame.Payload.AsMemory());
            reader.U32();
            return StorageClassListReply.Parse(ref reader, StorageClassListReply.IdsAndNames);
        }
    }

    [Fact]
    public async Task Tools_of_3_see_predefined_classes_as_goals_and_others_by_name()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync(WireClient.Version3);
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        await client.CallAsync<SetStorageClassRequest, SetStorageClassReply>(new SetStorageClassRequest(file.Inode, 0, 3, SetModes.Set, default, default));
        var goal = await client.CallAsync<GetStorageClassRequest, GetStorageClassReply>(new GetStorageClassRequest(file.Inode, GetMode.Normal));
        Assert.Equal((byte)3, Assert.Single(goal.Files.ToArray()).Goal);
        using var later = await (await gateway.ConnectAsync()).RegisterAsync();
        var named = await later.CallAsync<GetStorageClassRequest, GetStorageClassReply>(new GetStorageClassRequest(file.Inode, GetMode.Normal));
        Assert.Equal("3", Encoding.UTF8.GetString(Assert.Single(named.Files.ToArray()).Name.Span));
    }

    [Fact]
    public async Task The_trash_belongs_to_meta_sessions()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        await client.CallAsync<TruncateRequest, TruncateReply>(new TruncateRequest(file.Inode, TruncateFlags.None, Requests.Root, 10));
        await client.CallAsync<UnlinkRequest, UnlinkReply>(Requests.Unlink(1, "file"));
        Assert.Equal(StatusCode.EPerm, await client.StatusAsync(new GetTrashRequest(null)));
        Assert.Equal(StatusCode.EPerm, await client.StatusAsync(new UndeleteRequest(file.Inode)));

        using var meta = await gateway.ConnectAsync();
        await meta.SendAsync(new NewMetaSessionRegister(WireClient.Version4, "/mnt/meta\0"u8.ToArray(), null, null).Write);
        await meta.ReadAsync();
        var listed = await meta.CallAsync<GetTrashRequest, GetTrashReply>(new GetTrashRequest(null));
        Assert.Equal(("file", file.Inode), (Encoding.UTF8.GetString(Assert.Single(listed.Entries).Name.Span), listed.Entries[0].Inode));
        Assert.Single((await meta.CallAsync<GetTrashRequest, GetTrashReply>(new GetTrashRequest(file.Inode % 4096))).Entries);
        Assert.Empty((await meta.CallAsync<GetTrashRequest, GetTrashReply>(new GetTrashRequest((file.Inode + 1) % 4096))).Entries);
        Assert.Equal("file", Encoding.UTF8.GetString((await meta.CallAsync<GetTrashPathRequest, GetTrashPathReply>(new GetTrashPathRequest(file.Inode))).Path.Span));
        Assert.Equal(StatusCode.Ok, await meta.StatusAsync(new SetTrashPathRequest(file.Inode, "back\0"u8.ToArray())));
        Assert.Equal(StatusCode.Ok, await meta.StatusAsync(new UndeleteRequest(file.Inode)));
        Assert.Equal(file.Inode, (await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "back"))).Inode);
    }

    [Fact]
    public async Task Copies_of_chunks_are_told_as_chunkservers_report_them()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        await client.CallAsync<TruncateRequest, TruncateReply>(new TruncateRequest(file.Inode, TruncateFlags.None, Requests.Root, 200_000_000));
        var begun = (MfsHa.Metadata.Chunks.ChunkWorkReply)await gateway.Cluster.ExecuteAsync(
            new MfsHa.Metadata.Chunks.BeginWrite
            {
                Inode = file.Inode,
                Index = 1,
                Flags = ChunkOperationFlags.None,
                SeenChunk = 0,
                SeenVersion = 0,
                Copies = default,
                Caller = MfsHa.Gateway.Clients.CallerFactory.Nobody with { Session = client.SessionId },
            },
            TestContext.Current.CancellationToken);
        using var server = await gateway.ConnectChunkServerAsync();
        await server.RegisterAsync(chunks: new ChunkReport(begun.Chunk, 1, true));
        await gateway.UntilAsync(() => gateway.Locations.Servers is [{ IsComplete: true }], "registered");

        await client.SendAsync(new CheckRequest(CheckMode.Chunk, file.Inode, 1), 1);
        var chunk = Chunk(await client.ReadAsync(), CheckMode.Chunk);
        Assert.Equal((begun.Chunk, 1u), (chunk.ChunkId, chunk.Version));
        Assert.Equal(new CheckedCopy(WireChunkServer.Ip, 9422, CheckedCopyState.MarkedForRemoval, 0), Assert.Single(chunk.Copies.ToArray()));
        await client.SendAsync(new CheckRequest(null, file.Inode, 0), 1);
        Assert.Equal(0ul, Chunk(await client.ReadAsync(), CheckMode.Legacy).ChunkId);
        Assert.Equal(StatusCode.NoChunk, await client.StatusAsync(new CheckRequest(CheckMode.Chunk, file.Inode, 7)));
        await client.SendAsync(new CheckRequest(CheckMode.CountsByWord, file.Inode, null), 1);
        Assert.Equal([new CheckedCount(1, 1), new CheckedCount(3, 1)], Counts(await client.ReadAsync(), CheckMode.CountsByWord));
        await client.SendAsync(new CheckRequest(null, file.Inode, null), 1);
        var legacy = Counts(await client.ReadAsync(), CheckMode.Legacy);
        Assert.Equal((12, 1u, 1u), (legacy.Length, legacy[1].Chunks, legacy[11].Chunks));
        var info = await client.CallAsync<NodeInfoRequest, NodeInfoReply>(new NodeInfoRequest(file.Inode, 100, 0));
        Assert.Equal((NodeInfoKind.FileInEighths, (byte)8), (info.Kind, Assert.Single(info.Chunks.ToArray()).Redundancy));

        static CheckedChunk Chunk(Frame frame, CheckMode mode)
        {
            var reader = new PacketReader(frame.Payload.AsMemory());
            reader.U32();
            return CheckReply.ParseChunk(ref reader, mode);
        }

        static CheckedCount[] Counts(Frame frame, CheckMode mode)
        {
            var reader = new PacketReader(frame.Payload.AsMemory());
            reader.U32();
            return CheckReply.ParseCounts(ref reader, mode);
        }
    }
}

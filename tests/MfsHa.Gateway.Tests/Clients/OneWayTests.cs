using MfsHa.Cluster.Push;
using MfsHa.Gateway.Exports;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Metadata.Namespace;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Tests.Clients;

public sealed class OneWayTests
{
    [Fact]
    public async Task An_open_file_that_is_unlinked_lives_until_the_client_no_longer_lists_it()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        await client.SendAsync(new SustainedInodes(PackedList<PackedInode>.From(new PackedInode(0), new PackedInode(file.Inode))).Write);
        await client.CallAsync<UnlinkRequest, UnlinkReply>(Requests.Unlink(1, "file"));
        Assert.Equal(0u, (await client.CallAsync<GetAttributesRequest, GetAttributesReply>(Requests.GetAttributes(file.Inode, opened: true))).Attributes.LinkCount);
        await client.SendAsync(new SustainedInodes(default).Write);
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<SyncOpenFiles>().Any(s => s.Inodes.Length == 0), "the empty list");
        await gateway.UntilAsync(() => !gateway.Cluster.Namespace.IsOpenBy(file.Inode, client.SessionId), "closed");
    }

    [Fact]
    public async Task A_list_does_not_overtake_nor_is_overtaken_by_the_open_behind_it()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<MakeNodeRequest, MakeNodeReply>(new MakeNodeRequest(1, "file"u8.ToArray(), NodeType.File, 0x1B4, 0, Requests.Root, 0));
        for (uint round = 0; round < 50; round++)
        {
            await client.SendAsync(new SustainedInodes(default).Write);
            await client.CallAsync<OpenRequest, OpenReply>(new OpenRequest(file.Inode, Requests.Root, OpenFlags.Read));
            Assert.True(gateway.Cluster.Namespace.IsOpenBy(file.Inode, client.SessionId));
        }
    }

    [Fact]
    public async Task Times_that_a_mount_reports_move_forward_only()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        var later = file.Attributes.ModificationTime + 100;
        await client.SendAsync(new AccessModificationTimes(PackedList<InodeTimes>.From(new InodeTimes(file.Inode, 0, later), new InodeTimes(4711, 1, 1))).Write);
        await gateway.UntilAsync(() => gateway.Cluster.Namespace.Inodes.Require(file.Inode).ModificationTime == later, "the new time");
        await client.SendAsync(new AccessModificationTimes(PackedList<InodeTimes>.From(new InodeTimes(file.Inode, 0, later - 50))).Write);
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<UpdateTimes>().Count() == 2, "the second report");
        Assert.Equal(later, gateway.Cluster.Namespace.Inodes.Require(file.Inode).ModificationTime);
    }

    [Fact]
    public async Task Times_that_an_application_sets_are_not_undone_by_a_report_that_came_before()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        var set = new SetAttributesRequest(
            file.Inode, true, Requests.Root, SetAttributesMask.AccessTime | SetAttributesMask.ModificationTime, 0, 0, 0, 1000, 2000, WindowsAttributes.None, SetIdClearMode.Ext);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Cluster.BeforeExecution = operation => operation is UpdateTimes ? held.Task : Task.CompletedTask;
        var later = file.Attributes.ModificationTime + 100;
        await client.SendAsync(new AccessModificationTimes(PackedList<InodeTimes>.From(new InodeTimes(file.Inode, later, later))).Write);
        await client.SendAsync(set, 100);
        await client.SendAsync(new AccessRequest(1, Requests.Root, 4), 101);
        Assert.Equal(PacketType.AccessReply, (await client.ReadAsync()).Type);
        held.SetResult();
        Assert.Equal(PacketType.SetAttributesReply, (await client.ReadAsync()).Type);
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<UpdateTimes>().Any(), "the report");
        var inode = gateway.Cluster.Namespace.Inodes.Require(file.Inode);
        Assert.Equal((1000u, 2000u), (inode.AccessTime, inode.ModificationTime));
    }

    [Fact]
    public async Task A_session_that_may_only_read_reports_when_it_has_read()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var writer = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await writer.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        gateway.Exports.Decide = _ => new ExportMatch(StatusCode.Ok, TestExports.Everything with { Flags = SessionFlags.ReadOnly }, 0);
        using var reader = await (await gateway.ConnectAsync()).RegisterAsync();
        var later = file.Attributes.AccessTime + 100;
        await reader.SendAsync(new AccessModificationTimes(PackedList<InodeTimes>.From(new InodeTimes(file.Inode, later, 0))).Write);
        await gateway.UntilAsync(() => gateway.Cluster.Namespace.Inodes.Require(file.Inode).AccessTime == later, "the new time");
    }

    [Fact]
    public async Task Reading_a_directory_moves_its_access_time_without_waiting_for_it()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var directory = await client.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "directory"));
        await Task.Delay(1100, TestContext.Current.CancellationToken);
        await client.SendAsync(Requests.ReadDirectory(directory.Inode), 1);
        await client.ReadAsync();
        await gateway.UntilAsync(() => gateway.Cluster.Namespace.Inodes.Require(directory.Inode).AccessTime > directory.Attributes.AccessTime, "a new access time");
    }

    [Fact]
    public async Task Time_is_told_in_microseconds()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync(WireClient.Version3);
        await client.SendAsync(new TimeSyncRequest(0).Write);
        var frame = await client.ReadAsync();
        Assert.Equal((PacketType.TimeSyncReply, 12), (frame.Type, frame.Payload.Length));
        var told = DateTimeOffset.UnixEpoch.AddMicroseconds(Parse(frame).Microseconds);
        Assert.InRange(told, DateTimeOffset.UtcNow.AddSeconds(-5), DateTimeOffset.UtcNow.AddSeconds(5));

        static TimeSyncReply Parse(Frame frame)
        {
            var reader = new PacketReader(frame.Payload.AsMemory());
            return TimeSyncReply.Parse(ref reader);
        }
    }

    [Fact]
    public async Task What_4x_mounts_send_every_second_is_taken()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        await client.SendAsync(new WorkFlagsPacket(WorkFlags.InvalidatesRanges).Write);
        await client.SendAsync(new OperationData(1, 2, 3, 4, 5, null).Write);
        await client.SendAsync(new OperationData(1, 2, 3, 4, 5, new TrafficCounters(6, 7)).Write);
        await client.SendAsync((ref writer) => GenericPackets.WriteNop(ref writer));
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new AccessRequest(1, Requests.Root, 4)));
    }

    [Theory]
    [InlineData(ClientNotificationKind.ChunkChanged, 33, 41)]
    [InlineData(ClientNotificationKind.LengthChanged, 16, 16)]
    [InlineData(ClientNotificationKind.InvalidateChunkCache, 4, 4)]
    public async Task Pushes_have_the_length_that_each_version_reads_and_spare_who_caused_them(ClientNotificationKind kind, int length3, int length4)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var old = await (await gateway.ConnectAsync()).RegisterAsync(WireClient.Version3);
        using var current = await (await gateway.ConnectAsync()).RegisterAsync(WireClient.Version4);
        using var cause = await (await gateway.ConnectAsync()).RegisterAsync(WireClient.Version4);
        using var unregistered = await gateway.ConnectAsync();
        gateway.Host.Notifier.Notify(new ClientNotification
        {
            Kind = kind,
            Sessions = [old.SessionId, current.SessionId, cause.SessionId, 4711],
            ExceptSession = cause.SessionId,
            Inode = 5,
            Length = 7,
        });
        Assert.Equal(length3, (await old.ReadAsync()).Payload.Length);
        Assert.Equal(length4, (await current.ReadAsync()).Payload.Length);
        if (kind != ClientNotificationKind.InvalidateChunkCache)
        {
            await cause.SendAsync(new AccessRequest(1, Requests.Root, 4), 1);
            Assert.Equal(PacketType.AccessReply, (await cause.ReadAsync()).Type);
        }

        Assert.Equal(0, unregistered.Socket.Available);
    }
}

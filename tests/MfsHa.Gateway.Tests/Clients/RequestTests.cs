using System.Text;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Tests.Clients;

public sealed class RequestTests
{
    public static TheoryData<uint> Versions => [WireClient.Version3.Wire, WireClient.Version4.Wire];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tree_is_made_listed_renamed_and_removed(uint version)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync(new PeerVersion(version));
        var directory = await client.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "directory", 0x1ED));
        Assert.Equal((NodeType.Directory, (ushort)0x1ED), (directory.Attributes.Type, directory.Attributes.Mode));
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(directory.Inode, "file"));
        var link = await client.CallAsync<SymlinkRequest, SymlinkReply>(new SymlinkRequest(1, "link"u8.ToArray(), "directory/file\0"u8.ToArray(), Requests.Root));
        Assert.Equal("directory/file"u8.ToArray(), (await client.CallAsync<ReadLinkRequest, ReadLinkReply>(new ReadLinkRequest(link.Inode))).Target.ToArray());
        var hard = await client.CallAsync<LinkRequest, LinkReply>(new LinkRequest(file.Inode, 1, "hard"u8.ToArray(), Requests.Root));
        Assert.Equal((file.Inode, 2u), (hard.Inode, hard.Attributes.LinkCount));
        await client.CallAsync<MakeNodeRequest, MakeNodeReply>(new MakeNodeRequest(1, "fifo"u8.ToArray(), NodeType.Fifo, 0x1B4, 0, Requests.Root, 0));

        Assert.Equal([".", "..", "directory", "fifo", "hard", "link"], await ListAsync(client, 1));
        Assert.Equal(StatusCode.EExist, await client.StatusAsync(Requests.MakeDirectory(1, "directory")));
        Assert.Equal(StatusCode.ENotEmpty, await client.StatusAsync(Requests.RemoveDirectory(1, "directory")));
        var moved = await client.CallAsync<RenameRequest, RenameReply>(Requests.Rename(1, "directory", "moved"));
        Assert.Equal(directory.Inode, moved.Inode);
        Assert.Equal(file.Inode, (await client.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(moved.Inode, "file"))).Inode);
        Assert.Equal(file.Inode, (await client.CallAsync<UnlinkRequest, UnlinkReply>(Requests.Unlink(1, "hard"))).Inode);
        await client.CallAsync<UnlinkRequest, UnlinkReply>(Requests.Unlink(moved.Inode, "file"));
        Assert.Equal(moved.Inode, (await client.CallAsync<RemoveDirectoryRequest, RemoveDirectoryReply>(Requests.RemoveDirectory(1, "moved"))).Inode);
        Assert.Equal([".", "..", "fifo", "link"], await ListAsync(client, 1));
        Assert.Equal(StatusCode.ENoEnt, await client.StatusAsync(Requests.Lookup(1, "moved")));
    }

    [Fact]
    public async Task Attributes_lengths_permissions_and_sizes_are_answered()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var file = await client.CallAsync<CreateRequest, CreateReply>(Requests.Create(1, "file"));
        var set = await client.CallAsync<SetAttributesRequest, SetAttributesReply>(
            new SetAttributesRequest(file.Inode, false, Requests.Root, SetAttributesMask.Mode | SetAttributesMask.Uid, 0x180, 42, 0, 0, 0, WindowsAttributes.None, SetIdClearMode.Ext));
        Assert.Equal((42u, (ushort)0x180), (set.Attributes.Uid, set.Attributes.Mode));
        var cut = await client.CallAsync<TruncateRequest, TruncateReply>(new TruncateRequest(file.Inode, TruncateFlags.None, Requests.Root, 12345));
        Assert.Equal((0ul, 12345ul), (cut.PreviousLength, cut.Attributes.Length));
        Assert.Equal(12345ul, (await client.CallAsync<GetAttributesRequest, GetAttributesReply>(Requests.GetAttributes(file.Inode))).Attributes.Length);
        Assert.Equal(StatusCode.EAcces, await client.StatusAsync(new AccessRequest(file.Inode, new Credentials(7, [7]), 4)));
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new AccessRequest(file.Inode, new Credentials(42, [7]), 4)));
        var hole = await client.CallAsync<ReadChunkRequest, ReadChunkReply>(new ReadChunkRequest(file.Inode, 0, ChunkOperationFlags.None));
        Assert.Equal((12345ul, 0ul), (hole.FileLength, hole.Chunk.ChunkId));
        Assert.Equal(2u, (await client.CallAsync<StatFsRequest, StatFsReply>(default)).Inodes);
        Assert.Equal("file", Encoding.UTF8.GetString(Assert.Single((await client.CallAsync<PathsRequest, PathsReply>(new PathsRequest(file.Inode))).Paths).Span));
        await client.CallAsync<OpenRequest, OpenReply>(new OpenRequest(file.Inode, Requests.Root, OpenFlags.Read));
    }

    [Fact]
    public async Task Answers_overtake_each_other()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var parked = new TaskCompletionSource();
        gateway.Cluster.Supervisor = async (_, cancellation) =>
        {
            await parked.Task.WaitAsync(cancellation);
            return new MfsHa.Cluster.Routing.SupervisedStatus(StatusCode.Locked);
        };
        await client.SendAsync(new WriteChunkRequest(2, 0, ChunkOperationFlags.None), 5);
        Assert.Equal(StatusCode.Ok, await client.StatusAsync(new AccessRequest(1, Requests.Root, 4), 6));
        parked.SetResult();
        var late = await client.ReadAsync();
        Assert.Equal(PacketType.WriteChunkReply, late.Type);
        Assert.Equal([0, 0, 0, 5, (byte)StatusCode.Locked], late.Payload);
    }

    [Fact]
    public async Task Many_requests_in_one_write_are_all_answered_once()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        const int Count = 5000;
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Write(buffer);
        var sending = client.SendRawAsync(buffer.WrittenMemory);
        var seen = new HashSet<uint>();
        while (seen.Count < Count)
        {
            var frame = await client.ReadAsync();
            Assert.Equal(PacketType.GetAttributesReply, frame.Type);
            Assert.True(seen.Add(new PacketReader(frame.Payload.AsMemory()).U32()));
        }

        await sending;

        static void Write(System.Buffers.ArrayBufferWriter<byte> buffer)
        {
            var writer = new PacketWriter(buffer);
            for (uint id = 1; id <= Count; id++)
            {
                Requests.GetAttributes(1).Write(ref writer, id);
            }
        }
    }

    [Fact]
    public async Task A_request_whose_outcome_is_unknown_ends_the_connection_and_gets_no_answer()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        gateway.Cluster.Failure = new TimeoutException("no leader");
        await client.SendAsync(Requests.MakeDirectory(1, "unknown"), 3);
        Assert.Null(await client.ReadAnyAsync());
        gateway.Cluster.Failure = null;
        using var again = await gateway.ConnectAsync();
        Assert.Equal(StatusCode.Ok, await again.ReconnectAsync(client.SessionId));
        await again.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "unknown"), 3);
    }

    [Fact]
    public async Task The_callers_ids_are_mapped_by_the_export()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Exports.Decide = _ => new MfsHa.Gateway.Exports.ExportMatch(
            StatusCode.Ok,
            new MfsHa.Gateway.Exports.ExportGrant { Flags = SessionFlags.MapAll, RootUid = 33, RootGid = 34, MapAllUid = 55, MapAllGid = 56 },
            0);
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        var byRoot = await client.CallAsync<CreateRequest, CreateReply>(new CreateRequest(1, "a"u8.ToArray(), 0x1B4, 0, new Credentials(0, [0, 9])));
        var byOther = await client.CallAsync<CreateRequest, CreateReply>(new CreateRequest(1, "b"u8.ToArray(), 0x1B4, 0, new Credentials(1000, [1000])));
        Assert.Equal((33u, 34u), (gateway.Cluster.Namespace.Inodes.Require(byRoot.Inode).Uid, gateway.Cluster.Namespace.Inodes.Require(byRoot.Inode).Gid));
        Assert.Equal((55u, 56u), (gateway.Cluster.Namespace.Inodes.Require(byOther.Inode).Uid, gateway.Cluster.Namespace.Inodes.Require(byOther.Inode).Gid));
        Assert.Equal(1000u, byOther.Attributes.Uid);
    }

    private static async Task<string[]> ListAsync(WireClient client, uint inode)
    {
        foreach (var flags in (ReadDirectoryFlags[])[ReadDirectoryFlags.WithAttributes, ReadDirectoryFlags.None])
        {
            await client.SendAsync(Requests.ReadDirectory(inode, flags), 1);
            var frame = await client.ReadAsync();
            Assert.Equal(PacketType.ReadDirectoryReply, frame.Type);
            var page = Page(frame, flags, client.Version);
            Assert.Equal(ReadDirectoryReply.EndCursor, page.Cursor);
            if (flags == ReadDirectoryFlags.None)
            {
                return [.. page.Entries.Select(e => Encoding.UTF8.GetString(e.Name.Span)).Order(StringComparer.Ordinal)];
            }
        }

        return [];
    }

    private static ReadDirectoryPage Page(Frame frame, ReadDirectoryFlags flags, PeerVersion version)
    {
        var reader = new PacketReader(frame.Payload.AsMemory());
        reader.U32();
        return ReadDirectoryReply.Parse(ref reader, flags == ReadDirectoryFlags.WithAttributes, version);
    }
}

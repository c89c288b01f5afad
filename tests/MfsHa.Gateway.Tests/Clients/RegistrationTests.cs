using System.Diagnostics;
using MfsHa.Gateway.Exports;
using MfsHa.Gateway.Tests.Support;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tests.Clients;

public sealed class RegistrationTests
{
    public static TheoryData<uint, int, int, int> Families => new()
    {
        { WireClient.Version3.Wire, 49, 5, 27 },
        { WireClient.Version4.Wire, 57, 13, 35 },
        { new PeerVersion(4, 59, 2).Wire, 57, 13, 35 },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Each_family_gets_replies_of_the_lengths_it_reads(uint version, int session, int reconnect, int meta)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var first = await gateway.ConnectAsync();
        await first.SendAsync(new NewSessionRegister(new PeerVersion(version), "/mnt\0"u8.ToArray(), "/"u8.ToArray(), null, null).Write);
        var opened = await first.ReadAsync();
        Assert.Equal((PacketType.RegisterReply, session), (opened.Type, opened.Payload.Length));

        using var second = await gateway.ConnectAsync();
        await second.SendAsync(new ReconnectRegister(1, new PeerVersion(version), TestCluster.MetaId).Write);
        var resumed = await second.ReadAsync();
        Assert.Equal((PacketType.RegisterReply, reconnect), (resumed.Type, resumed.Payload.Length));
        Assert.Equal((byte)StatusCode.Ok, resumed.Payload[^1]);

        using var third = await gateway.ConnectAsync();
        await third.SendAsync(new NewMetaSessionRegister(new PeerVersion(version), "/mnt/meta\0"u8.ToArray(), null, null).Write);
        var metaOpened = await third.ReadAsync();
        Assert.Equal((PacketType.RegisterReply, meta), (metaOpened.Type, metaOpened.Payload.Length));
    }

    [Fact]
    public async Task A_client_learns_identity_and_grants()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Exports.Decide = q => new ExportMatch(
            StatusCode.Ok,
            new ExportGrant { Flags = SessionFlags.ReadOnly | SessionFlags.MapAll, Umask = 0x12, RootUid = 5, RootGid = 6, MapAllUid = 7, MapAllGid = 8, Disables = DisabledOperations.Link },
            0);
        using var client = await gateway.ConnectAsync();
        await client.RegisterAsync();
        var session = client.Session!;
        Assert.Equal(new PeerVersion(4, 56, 6), session.ServerVersion);
        Assert.Equal((TestCluster.MetaId, TestCluster.MasterProcessId), (session.MetaId, session.MasterProcessId));
        Assert.Equal((SessionFlags.ReadOnly | SessionFlags.MapAll, (ushort)0x12), (session.Flags, session.Umask));
        Assert.Equal((5u, 6u, 7u, 8u), (session.RootUid, session.RootGid, session.MapAllUid, session.MapAllGid));
        Assert.Equal(DisabledOperations.Link, session.Disables);
        Assert.Equal("/mnt/test", System.Text.Encoding.UTF8.GetString(gateway.Cluster.System.Sessions.Require(session.SessionId).Parameters.Info));
    }

    [Fact]
    public async Task Exports_hear_of_challenge_and_response_and_their_verdict_is_told()
    {
        await using var gateway = await TestGateway.StartAsync();
        ExportQuery? asked = null;
        gateway.Exports.Decide = q =>
        {
            asked = q;
            return new ExportMatch(StatusCode.BadPassword, null, 0);
        };
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(new GetRandomRegister().Write);
        var challenge = await client.ReadAsync();
        Assert.Equal(32, challenge.Payload.Length);
        var response = Enumerable.Range(0, 16).Select(i => (byte)i).ToArray();
        await client.SendAsync(new NewSessionRegister(WireClient.Version4, "/mnt\0"u8.ToArray(), "/a"u8.ToArray(), null, response).Write);
        var verdict = await client.ReadAsync();
        Assert.Equal([(byte)StatusCode.BadPassword], verdict.Payload);
        Assert.Equal(challenge.Payload, asked!.Value.Challenge.ToArray());
        Assert.Equal(response, asked.Value.Response.ToArray());
        Assert.Equal("/a"u8.ToArray(), asked.Value.Path.ToArray());
        Assert.Equal(0x7F000001u, asked.Value.Address);
    }

    [Fact]
    public async Task Mounting_a_folder_makes_it_the_root_of_the_session()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var whole = await (await gateway.ConnectAsync()).RegisterAsync();
        var folder = await whole.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(1, "folder"));
        await whole.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(Requests.MakeDirectory(folder.Inode, "inside"));
        using var part = await (await gateway.ConnectAsync()).RegisterAsync(path: "/folder");
        Assert.NotEqual(0u, (await part.CallAsync<LookupRequest, LookupReply>(Requests.Lookup(1, "inside"))).Inode);
        using var none = await gateway.ConnectAsync();
        await none.SendAsync(new NewSessionRegister(WireClient.Version4, "/mnt\0"u8.ToArray(), "/missing"u8.ToArray(), null, null).Write);
        Assert.Equal((byte)StatusCode.ENoEnt, Assert.Single((await none.ReadAsync()).Payload));
    }

    [Fact]
    public async Task Unknown_sessions_and_other_metaids_are_refused_with_the_clients_reply_shape()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        using var stranger = await gateway.ConnectAsync();
        Assert.Equal(StatusCode.BadSessionId, await stranger.ReconnectAsync(4711));
        Assert.Equal(StatusCode.BadSessionId, await stranger.ReconnectAsync(client.SessionId, metaId: 1));
        Assert.Equal(StatusCode.Ok, await stranger.ReconnectAsync(client.SessionId));
    }

    [Fact]
    public async Task A_new_connection_of_a_session_ends_the_older_one_and_begins_an_epoch()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var older = await (await gateway.ConnectAsync()).RegisterAsync();
        using var newer = await gateway.ConnectAsync();
        Assert.Equal(StatusCode.Ok, await newer.ReconnectAsync(older.SessionId));
        while (await older.ReadAnyAsync() is { } frame)
        {
            Assert.Equal(PacketType.Nop, frame.Type);
        }

        await gateway.UntilAsync(() => gateway.Cluster.System.Sessions.Require(older.SessionId) is { Epoch: 2, Connections.Length: 1 }, "one connection of epoch 2");
        Assert.Equal(StatusCode.Ok, await newer.StatusAsync(new AccessRequest(1, Requests.Root, 4)));
    }

    [Fact]
    public async Task A_lost_connection_leaves_the_session_disconnected_and_a_closed_one_closed()
    {
        await using var gateway = await TestGateway.StartAsync();
        var lost = await (await gateway.ConnectAsync()).RegisterAsync();
        lost.Dispose();
        await gateway.UntilAsync(() => gateway.Cluster.System.Sessions.Require(lost.SessionId) is { IsConnected: false, Closed: false }, "disconnected");

        using var done = await (await gateway.ConnectAsync()).RegisterAsync();
        await done.SendAsync(new CloseSessionRegister(done.SessionId, TestCluster.MetaId).Write);
        Assert.Equal((byte)StatusCode.Ok, Assert.Single((await done.ReadAsync()).Payload));
        Assert.Null(await done.ReadAnyAsync());
        await gateway.UntilAsync(() => gateway.Cluster.System.Sessions.Require(done.SessionId) is { IsConnected: false, Closed: true }, "closed");
        Assert.Equal(0, gateway.Host.Sessions);
    }

    [Fact]
    public async Task A_reconnect_is_held_through_an_election()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        using var again = await gateway.ConnectAsync();
        gateway.Cluster.Stop();
        var reconnect = again.ReconnectAsync(client.SessionId);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(reconnect.IsCompleted);
        gateway.Cluster.Continue();
        Assert.Equal(StatusCode.Ok, await reconnect);
    }

    [Fact]
    public async Task A_reconnect_that_cannot_be_decided_is_closed_without_a_verdict_and_leaves_no_connection_behind()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        using var again = await gateway.ConnectAsync();
        gateway.Cluster.Stop();
        var since = Stopwatch.StartNew();
        await again.SendAsync(new ReconnectRegister(client.SessionId, WireClient.Version4, TestCluster.MetaId).Write);
        Assert.Null(await again.ReadAnyAsync());
        Assert.InRange(since.ElapsedMilliseconds, 500, 5000);
        gateway.Cluster.Continue();
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<SessionDisconnected>().Any(d => d.Epoch == 2), "the late epoch is ended");
        Assert.Equal(1u, gateway.Cluster.System.Sessions.Require(client.SessionId).Connections.Single().Epoch);
    }

    [Fact]
    public async Task A_new_session_that_cannot_be_made_in_time_is_sent_away_and_taken_back()
    {
        await using var gateway = await TestGateway.StartAsync();
        await gateway.UntilAsync(() => gateway.Cluster.Asked.OfType<DropConnections>().Any(), "earlier runs are over");
        using var client = await gateway.ConnectAsync();
        gateway.Cluster.Stop();
        await client.SendAsync(new NewSessionRegister(WireClient.Version3, "/mnt\0"u8.ToArray(), "/"u8.ToArray(), null, null).Write);
        Assert.Equal(new byte[4], (await client.ReadAsync()).Payload);
        Assert.Null(await client.ReadAnyAsync());
        gateway.Cluster.Continue();
        await gateway.UntilAsync(() => gateway.Cluster.System.Sessions.Get(1) is { Closed: true, IsConnected: false }, "the unused session is closed");
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_register_reply()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await gateway.ConnectAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        Assert.Equal(0, client.Socket.Available);
        await client.RegisterAsync();
    }

    [Theory]
    [InlineData(RegisterCode.Tools)]
    [InlineData(RegisterCode.CloseSession)]
    public async Task Codes_that_have_no_place_close_the_connection_with_one_line(RegisterCode code)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await gateway.ConnectAsync();
        RegisterRequest request = code == RegisterCode.Tools ? new ToolsRegister(1, WireClient.Version3) : new CloseSessionRegister(1, null);
        await client.SendAsync(request.Write);
        Assert.Null(await client.ReadAnyAsync());
        await gateway.UntilAsync(() => gateway.Logs.Lines(LogLevel.Warning).Count > 0, "a line");
        Assert.Contains($"REGISTER {code}", Assert.Single(gateway.Logs.Lines(LogLevel.Information)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_registration_on_a_connection_closes_it()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        await client.SendAsync(new ReconnectRegister(client.SessionId, WireClient.Version4, TestCluster.MetaId).Write);
        Assert.Null(await client.ReadAnyAsync());
    }

    [Fact]
    public async Task Other_exports_send_the_clients_away_and_they_come_back_with_their_session()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = await (await gateway.ConnectAsync()).RegisterAsync();
        gateway.Exports.Change(77);
        Assert.Null(await client.ReadAnyAsync());
        Assert.Equal(77ul, gateway.Cluster.System.Exports.Checksum);
        using var again = await gateway.ConnectAsync();
        Assert.Equal(StatusCode.EPerm, await again.ReconnectAsync(client.SessionId));
        await again.SendAsync(
            new NewSessionRegister(WireClient.Version4, "/mnt\0"u8.ToArray(), "/"u8.ToArray(), new SessionClaim(client.SessionId, TestCluster.MetaId), null).Write);
        var reply = await again.ReadAsync();
        Assert.Equal(57, reply.Payload.Length);
        Assert.Equal(client.SessionId, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(reply.Payload.AsSpan(4)));
    }
}

using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.SystemGroup;

public sealed class SessionTests
{
    private readonly SystemHarness system = new();

    [Fact]
    public void A_repeated_creation_gets_the_same_session()
    {
        var first = system.Session(SystemHarness.NewSession(token: 5));
        var again = system.Session(SystemHarness.NewSession(token: 5));
        var other = system.Session(SystemHarness.NewSession(token: 6));

        Assert.Equal((1u, 1u), (first.Id, first.Epoch));
        Assert.Equal((1u, 1u), (again.Id, again.Epoch));
        Assert.Equal(2u, other.Id);
        Assert.Equal(SystemHarness.Checksum, first.Parameters.ExportsChecksum);
    }

    [Fact]
    public void Answers_are_forgotten_after_their_time()
    {
        for (ulong token = 1; token <= 20; token++)
        {
            system.Session(SystemHarness.NewSession(token: token));
            system.Now += SystemProcessor.RememberSeconds / 4;
        }

        var session = system.Session(SystemHarness.NewSession(token: 1));

        Assert.Equal(21u, session.Id);
        Assert.True(system.State.Cluster!.NextAnswer - system.State.Cluster.FirstAnswer < 8);
    }

    [Fact]
    public void Reconnecting_begins_a_new_epoch_on_the_new_node()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;

        var session = system.Session(SystemHarness.Reconnect(id));

        Assert.Equal(2u, session.Epoch);
        Assert.Equal([(1, 1u), (2, 2u)], session.Connections.Select(static c => ((int)c.Node, c.Epoch)));
    }

    [Fact]
    public void Who_remembers_another_cluster_or_an_unknown_session_loses_it()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;

        Assert.Equal(StatusCode.BadSessionId, system.Status(SystemHarness.Reconnect(id, metaId: 3)));
        Assert.Equal(StatusCode.BadSessionId, system.Status(SystemHarness.Reconnect(id + 1)));
        Assert.Equal(StatusCode.Ok, system.Status(SystemHarness.Reconnect(id, metaId: null)));
    }

    [Fact]
    public void Who_comes_from_another_address_must_register_anew_unless_its_address_is_dynamic()
    {
        var fixedAddress = system.Session(SystemHarness.NewSession()).Id;
        var dynamicAddress = system.Session(SystemHarness.NewSession(flags: SessionFlags.DynamicIp)).Id;

        Assert.Equal(StatusCode.EPerm, system.Status(SystemHarness.Reconnect(fixedAddress, peer: 11)));
        Assert.Equal(11u, system.Session(SystemHarness.Reconnect(dynamicAddress, peer: 11)).Parameters.PeerAddress);
    }

    [Fact]
    public void New_exports_make_clients_register_anew_with_the_same_session()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;
        system.Do(new SetExports(new ExportsRecord(78, [])));

        Assert.Equal(StatusCode.EPerm, system.Status(SystemHarness.Reconnect(id)));
        var outdated = system.Session(SystemHarness.NewSession(reuse: id));
        Assert.Equal((id, SystemHarness.Checksum), (outdated.Id, outdated.Parameters.ExportsChecksum));
        Assert.Equal(StatusCode.EPerm, system.Status(SystemHarness.Reconnect(id)));
        var renewed = system.Session(SystemHarness.NewSession(reuse: id, flags: SessionFlags.ReadOnly, exports: 78));

        Assert.Equal((id, 3u, SessionFlags.ReadOnly), (renewed.Id, renewed.Epoch, renewed.Parameters.Flags));
        Assert.Equal(StatusCode.Ok, system.Status(SystemHarness.Reconnect(id)));
    }

    [Fact]
    public void A_session_of_another_cluster_is_not_reused()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;

        Assert.NotEqual(id, system.Session(SystemHarness.NewSession(reuse: id, reuseMetaId: 9)).Id);
    }

    [Fact]
    public void The_end_of_an_old_connection_does_not_disconnect_the_session()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;
        system.Do(SystemHarness.Reconnect(id));

        system.Do(new SessionDisconnected(id, 1));
        Assert.Equal(0u, system.Session(id).Disconnected);

        system.Now += 5;
        system.Do(new SessionDisconnected(id, 2));
        system.Do(new SessionDisconnected(id, 2));
        Assert.Equal(system.Now, system.Session(id).Disconnected);
    }

    [Fact]
    public void A_dead_node_takes_its_connections_along()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;
        var other = system.Session(SystemHarness.NewSession() with { Run = 101 }).Id;

        system.Do(new DropConnections(1, ExceptRun: 101));

        Assert.False(system.Session(id).IsConnected);
        Assert.True(system.Session(other).IsConnected);
    }

    [Fact]
    public void A_session_is_due_when_closed_or_away_too_long()
    {
        var closed = system.Session(SystemHarness.NewSession()).Id;
        var away = system.Session(SystemHarness.NewSession()).Id;
        var connected = system.Session(SystemHarness.NewSession()).Id;
        system.Do(new CloseSession(closed, 1));
        Assert.Empty(Due(100));
        system.Do(new SessionDisconnected(closed, 1));
        system.Do(new SessionDisconnected(away, 1));

        Assert.Equal([closed], Due(100));
        system.Now += 101;
        Assert.Equal([closed, away], Due(100));
        Assert.Equal(StatusCode.Active, system.Status(new EndSession(connected, 100, Forced: true)));
        Assert.Equal(StatusCode.NotFound, system.Status(new EndSession(99, 100, Forced: true)));
    }

    [Fact]
    public void Closing_means_nothing_while_another_connection_lives()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;
        system.Do(SystemHarness.Reconnect(id));

        system.Do(new CloseSession(id, 1));

        Assert.False(system.Session(id).Closed);
        Assert.Equal(StatusCode.BadSessionId, system.Status(new CloseSession(99, 1)));
    }

    [Fact]
    public void An_ending_session_cannot_come_back_and_its_id_is_never_used_again()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;
        Assert.Equal(StatusCode.Active, system.Status(new RemoveSession(id)));
        system.Do(new SessionDisconnected(id, 1));
        Assert.Equal(StatusCode.Active, system.Status(new EndSession(id, 100, Forced: false)));
        Assert.Equal(StatusCode.Ok, system.Status(new EndSession(id, 100, Forced: true)));

        Assert.Equal(StatusCode.BadSessionId, system.Status(SystemHarness.Reconnect(id)));
        Assert.NotEqual(id, system.Session(SystemHarness.NewSession(reuse: id)).Id);
        Assert.Equal([id], Due(1_000_000));
        Assert.Equal(StatusCode.Ok, system.Status(new RemoveSession(id)));
        Assert.Equal(StatusCode.Ok, system.Status(new RemoveSession(id)));
        Assert.Equal(StatusCode.NotFound, system.Ask(new GetSession(id)).Status);
        Assert.True(system.Session(SystemHarness.NewSession()).Id > id + 1);
    }

    [Fact]
    public void Sessions_are_listed_in_pages()
    {
        for (var i = 0; i < SystemQuery.MaxPage + 5; i++)
        {
            system.Do(SystemHarness.NewSession());
        }

        var first = Assert.IsType<SessionsReply>(system.Ask(new ListSessions(0))).Sessions;
        var second = Assert.IsType<SessionsReply>(system.Ask(new ListSessions(first[^1].Id))).Sessions;

        Assert.Equal(SystemQuery.MaxPage, first.Length);
        Assert.Equal(5, second.Length);
    }

    [Fact]
    public void Sessions_survive_a_restart()
    {
        var id = system.Session(SystemHarness.NewSession()).Id;

        var reopened = system.Reopened();

        Assert.Equal(10u, reopened.Sessions.Require(id).Parameters.PeerAddress);
        Assert.Equal(2u, reopened.Cluster!.NextSession);
    }

    private uint[] Due(uint sustain) => Assert.IsType<SessionIdsReply>(system.Ask(new ListDueSessions(sustain))).Sessions;
}

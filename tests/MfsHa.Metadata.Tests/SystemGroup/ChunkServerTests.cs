using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.SystemGroup;

public sealed class ChunkServerTests
{
    private readonly SystemHarness system = new();

    [Fact]
    public void A_new_server_gets_the_smallest_free_id()
    {
        Assert.Equal((1, ChunkServerChange.Added), Register(0, 100));
        Assert.Equal((2, ChunkServerChange.Added), Register(77, 101));
        Assert.Equal((3, ChunkServerChange.Added), Register(0, 102));
        Disconnect(2);
        Assert.Equal(StatusCode.Ok, system.Status(new RemoveChunkServer(2)));

        Assert.Equal((2, ChunkServerChange.Added), Register(0, 103));
    }

    [Fact]
    public void Epochs_grow_even_when_an_id_is_used_anew()
    {
        Register(0, 100);
        var first = Server(1).Epoch;
        Register(1, 100);
        var second = Server(1).Epoch;
        Disconnect(1);
        system.Do(new RemoveChunkServer(1));
        Register(0, 200);

        Assert.True(first < second);
        Assert.True(second < Server(1).Epoch);
    }

    [Fact]
    public void The_same_server_replaces_its_older_connection()
    {
        Register(0, 100);
        var old = Server(1).Epoch;

        Assert.Equal((1, ChunkServerChange.None), Register(1, 100, node: 2));
        system.Do(new ChunkServerDisconnected(1, old, 0));

        Assert.Equal(2, Server(1).Node);
    }

    [Fact]
    public void A_server_is_found_by_address_before_it_is_found_by_id()
    {
        Register(0, 100);
        Register(0, 101);
        Disconnect(1);
        Disconnect(2);

        Assert.Equal((1, ChunkServerChange.None), Register(2, 100));
    }

    [Fact]
    public void A_known_id_at_a_new_address_moves()
    {
        Register(0, 100);
        Assert.Equal(StatusCode.Active, system.Status(new RegisterChunkServer(1, 150, 9422, 1, 100)));
        Disconnect(1);

        Assert.Equal((1, ChunkServerChange.AddressChanged), Register(1, 150));
        Assert.Equal((2, ChunkServerChange.Added), Register(0, 100));
    }

    [Fact]
    public void A_connected_address_is_not_given_to_somebody_else()
    {
        Register(0, 100);
        Assert.Equal(StatusCode.Active, system.Status(new RegisterChunkServer(0, 100, 9422, 1, 100)));
    }

    [Fact]
    public void Goodbye_means_temporary_maintenance_until_it_is_back()
    {
        Register(0, 100);
        system.Do(new ChunkServerDisconnected(1, Server(1).Epoch, TemporarySeconds: 1800));
        Assert.Equal((MaintenanceMode.Temporary, system.Now + 1800), (Server(1).Maintenance, Server(1).MaintenanceUntil));

        Register(1, 100);
        Assert.Equal(MaintenanceMode.Off, Server(1).Maintenance);

        system.Do(new SetMaintenance(1, MaintenanceMode.On, 0));
        system.Do(new ChunkServerDisconnected(1, Server(1).Epoch, TemporarySeconds: 1800));
        Assert.Equal(MaintenanceMode.On, Server(1).Maintenance);
    }

    [Fact]
    public void Only_servers_that_are_long_away_are_forgotten()
    {
        Register(0, 100);
        Register(0, 101);
        Register(0, 102);
        Disconnect(1);
        Disconnect(3);
        system.Do(new SetMaintenance(3, MaintenanceMode.On, 0));
        system.Now += 1001;

        system.Do(new RemoveUnusedChunkServers(1000));

        Assert.Equal([2, 3], Servers().Select(static s => (int)s.Id));
        Assert.Equal(StatusCode.Active, system.Status(new RemoveChunkServer(2)));
        Assert.Equal(StatusCode.NotFound, system.Status(new RemoveChunkServer(1)));
    }

    [Fact]
    public void A_dead_node_takes_its_chunkservers_connections_along()
    {
        Register(0, 100, node: 1);
        Register(0, 101, node: 2);

        system.Do(new DropConnections(2, ExceptRun: 0));

        Assert.True(Server(1).IsConnected);
        Assert.False(Server(2).IsConnected);
    }

    private (int Id, ChunkServerChange Change) Register(ushort id, uint address, ushort node = 1)
    {
        var reply = Assert.IsType<ChunkServerReply>(system.Do(new RegisterChunkServer(id, address, 9422, node, 100)));
        return (reply.Server.Id, reply.Change);
    }

    private void Disconnect(ushort id) => system.Do(new ChunkServerDisconnected(id, Server(id).Epoch, 0));

    private ChunkServerRecord Server(ushort id) => Servers().Single(s => s.Id == id);

    private ChunkServerRecord[] Servers() => Assert.IsType<ChunkServersReply>(system.Ask(new ListChunkServers())).Servers;
}

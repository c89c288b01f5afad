using MfsHa.Replication.Locations;
using Xunit;

namespace MfsHa.Replication.Tests.Locations;

/// <summary>What chunk locations must amount to: plain dictionaries, one per connection of a chunkserver.</summary>
internal sealed class LocationModel
{
    private readonly Dictionary<ChunkServerIncarnation, State> _states = [];

    public void Begin(ChunkServerIncarnation id, int node) => _states.Add(id, new State { Id = id, Node = node });

    public State? Newest(ushort server) => _states.Values.Where(state => state.Id.ChunkServerId == server).MaxBy(state => state.Id.Epoch);

    public void Report(ChunkServerIncarnation id, ChunkCopy copy) => Change(id, state => state.Copies[copy.ChunkId] = copy);

    public void Lost(ChunkServerIncarnation id, ulong chunk) => Change(id, state => state.Copies.Remove(chunk));

    public void Info(ChunkServerIncarnation id, ChunkServerInfo info) => Change(id, state => state.Info = info);

    public void Disconnect(ChunkServerIncarnation id) => Change(id, state => state.IsEnded = true);

    public void Complete(ChunkServerIncarnation id)
    {
        Change(id, state =>
        {
            state.IsComplete = true;
            Remove(id.ChunkServerId, id.Epoch);
        });
    }

    public void Drop(ChunkServerIncarnation id) => Remove(id.ChunkServerId, id.Epoch + 1);

    public void AssertSame(ChunkLocations locations)
    {
        Assert.Equal(
            _states.Values.Select(state => (state.Id, state.IsEnded, state.IsComplete)).Order(),
            locations.Servers.Select(server => (server.Incarnation, !server.IsConnected, server.IsComplete)).Order());
        foreach (var state in _states.Values)
        {
            Assert.Equal(state.Copies.OrderBy(pair => pair.Key), locations.ReadAll(state.Id).OrderBy(pair => pair.Key));
            Assert.Equal(state.Copies.Count, locations.CountChunks(state.Id));
            if (state.Info is not null)
                Assert.Equal(state.Info, locations.FindServer(state.Id)!.Info);
        }
    }

    /// <summary>A connection that was dropped may go on reporting until its node hears of that; nothing comes of it.</summary>
    private void Change(ChunkServerIncarnation id, Action<State> change)
    {
        if (_states.TryGetValue(id, out var state))
            change(state);
    }

    private void Remove(ushort server, ulong below)
    {
        foreach (var id in _states.Keys.Where(id => id.ChunkServerId == server && id.Epoch < below).ToList())
            _states.Remove(id);
    }

    public sealed class State
    {
        public required ChunkServerIncarnation Id { get; init; }

        public required int Node { get; init; }

        public Dictionary<ulong, ChunkCopy> Copies { get; } = [];

        public ChunkServerInfo? Info { get; set; }

        public bool IsComplete { get; set; }

        public bool IsEnded { get; set; }
    }
}

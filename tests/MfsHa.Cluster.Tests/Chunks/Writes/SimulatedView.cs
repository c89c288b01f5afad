using MfsHa.NodeLink;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>What one node knows of all chunkservers: news come late, the same in every order.</summary>
internal sealed class SimulatedView : IChunkLocationView
{
    private readonly SortedDictionary<ChunkServerIncarnation, Connection> connections = [];
    private readonly HashSet<ChunkServerIncarnation> superseded = [];
    private readonly Dictionary<ChunkServerIncarnation, long> seen = [];

    /// <inheritdoc/>
    public event Action<ChunkServerIncarnation>? ServerChanged
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChunkServerStatus> Servers => [.. connections.Where(c => !superseded.Contains(c.Key)).Select(static c => c.Value.Status(c.Key))];

    /// <summary>All that was learnt, in order.</summary>
    public List<ViewNews> Learnt { get; } = [];

    public void Learn(ViewNews news)
    {
        if (news.Order > seen.GetValueOrDefault(news.Server))
        {
            seen[news.Server] = news.Order;
            Learnt.Add(news);
        }

        if (superseded.Contains(news.Server))
        {
            return;
        }

        if (!connections.TryGetValue(news.Server, out var connection))
        {
            connections.Add(news.Server, connection = new Connection { Gateway = news.Gateway });
        }

        switch (news.Kind)
        {
            case NewsKind.Began:
                break;
            case NewsKind.Has when connection.Chunks.GetValueOrDefault(news.Chunk).Number < news.Order:
                connection.Chunks[news.Chunk] = (news.Order, news.Version, true, ++connection.Changes);
                break;
            case NewsKind.Lost when connection.Chunks.GetValueOrDefault(news.Chunk).Number < news.Order:
                connection.Chunks[news.Chunk] = (news.Order, 0, false, ++connection.Changes);
                break;
            case NewsKind.Unexpected when connection.Chunks.GetValueOrDefault(news.Chunk) is var known && known.Number < news.Order && known.Version == news.Version:
                connection.Chunks[news.Chunk] = (news.Order, 0, true, ++connection.Changes);
                break;
            case NewsKind.Complete:
                connection.IsComplete = true;
                foreach (var earlier in connections.Keys.Where(k => k.ChunkServerId == news.Server.ChunkServerId && k.Epoch < news.Server.Epoch).ToList())
                {
                    superseded.Add(earlier);
                    connections.Remove(earlier);
                }

                break;
            case NewsKind.Ended:
                connection.IsConnected = false;
                break;
        }
    }

    /// <inheritdoc/>
    public ChunkServerStatus? FindServer(ChunkServerIncarnation incarnation) => connections.TryGetValue(incarnation, out var found) ? found.Status(incarnation) : null;

    /// <inheritdoc/>
    public int Find(ulong chunkId, Span<ChunkLocation> target)
    {
        var count = 0;
        foreach (var server in connections.GroupBy(static c => c.Key.ChunkServerId))
        {
            // What a registering chunkserver has not reported yet is taken from its former connection.
            foreach (var (incarnation, connection) in server.Reverse())
            {
                if (connection.Chunks.TryGetValue(chunkId, out var copy))
                {
                    if (copy.IsThere)
                    {
                        target[count++] = new ChunkLocation(connection.Status(incarnation), 0, copy.Version, ChunkFlags.None);
                    }

                    break;
                }

                if (connection.IsComplete)
                {
                    break;
                }
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public int ReadChunks(ChunkServerIncarnation incarnation, ref long cursor, Span<ChunkCopy> page) => throw new NotSupportedException();

    /// <inheritdoc/>
    public int ReadChanges(ChunkServerIncarnation incarnation, ref long cursor, Span<ulong> page)
    {
        if (!connections.TryGetValue(incarnation, out var connection))
        {
            return 0;
        }

        var from = cursor;
        var changes = connection.Chunks.Where(c => c.Value.Change > from).OrderBy(static c => c.Value.Change).Take(page.Length).ToList();
        for (var i = 0; i < changes.Count; i++)
        {
            (page[i], cursor) = (changes[i].Key, changes[i].Value.Change);
        }

        return changes.Count;
    }

    /// <inheritdoc/>
    public int CountChunks(ChunkServerIncarnation incarnation) => connections.TryGetValue(incarnation, out var found) ? found.Chunks.Count(static c => c.Value.IsThere) : 0;

    /// <inheritdoc/>
    public void Drop(ChunkServerIncarnation incarnation) => throw new InvalidOperationException("no chunkserver is forgotten here");

    private sealed class Connection
    {
        public required NodeId Gateway { get; init; }

        public bool IsConnected { get; set; } = true;

        public bool IsComplete { get; set; }

        public long Changes { get; set; }

        public Dictionary<ulong, (long Number, uint Version, bool IsThere, long Change)> Chunks { get; } = [];

        public ChunkServerStatus Status(ChunkServerIncarnation incarnation) => new(
            incarnation,
            new ChunkServerInfo { Ip = incarnation.ChunkServerId, Port = 9422, TotalSpace = 1UL << 40, UsedSpace = 1UL << 30 },
            Gateway,
            IsConnected,
            IsComplete);
    }
}

internal enum NewsKind
{
    Began,
    Has,
    Lost,
    Unexpected,
    Complete,
    Ended,
}

/// <summary>What the node that a chunkserver is connected to tells the others.</summary>
internal sealed record ViewNews(NewsKind Kind, ChunkServerIncarnation Server, NodeId Gateway, ulong Chunk = 0, uint Version = 0, long Order = 0);

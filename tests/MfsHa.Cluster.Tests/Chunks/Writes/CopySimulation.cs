using MemoryPack;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Status;
using MfsHa.Consensus;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Metadata.Tests.Support;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>
/// Three nodes with the real supervisor and care of copies, chunkservers that come and go, clients that write, cut and read: leaders die between any two steps, orders come late or
/// are answered to nobody, news of copies are old. One seed, one thread. A copy that has the version of the chunk always holds what was acknowledged.
/// </summary>
internal sealed class CopySimulation
{
    private const int Copies = 2;
    private readonly SimulatedNode?[] nodes = new SimulatedNode?[3];
    private readonly Dictionary<(NodeId, NodeId), long> arrivals = [];
    private readonly ChunkServerRecord[] records;
    private readonly List<WrittenFile> files = [];
    private readonly List<string> history = [];
    private readonly SimulatedNode?[] alive = new SimulatedNode?[3];
    private Exception? failure;
    private long index;
    private long term;
    private ulong epoch;
    private uint requests;
    private int values;

    public CopySimulation(int seed, GroupStore store, ConsistencyPoints points, int servers = 4)
    {
        Random = new Random(seed);
        LongestPause = Random.Next(4) == 0 ? 40 : 500;
        CareAfter = Random.Next(2) == 0 ? 300 : 3000;
        Replica = new NamespaceReplica(new NamespaceState(new MemoryStore(), 1, hotEntries: 1000), store, points, Clock);
        Servers = [.. Enumerable.Range(1, servers).Select(static i => new SimulatedChunkServer((ushort)i))];
        records = [.. Servers.Select(static s => new ChunkServerRecord { Id = s.Id, Address = s.Id, Port = 9422, Epoch = 0 })];
        Run(new FormatNamespace(Copies));
        for (var i = 0; i < nodes.Length; i++)
        {
            Start(i);
        }

        // Often there is one chunkserver at first, so that the first copies are made while clients write.
        var others = Random.Next(3) == 0 ? 3000 : 0;
        foreach (var server in Servers)
        {
            At(server.Id == 1 ? 0 : Random.Next(0, others + 1), () => Connect(server));
        }

        Elect();
        Exchange();
    }

    public EventQueue Clock { get; } = new();

    public Random Random { get; }

    public NamespaceReplica Replica { get; }

    public SimulatedChunkServer[] Servers { get; }

    public SimulatedNode? Leader { get; private set; }

    public bool IsFaulty { get; private set; } = true;

    /// <summary>How long a client does nothing between two operations at most, milliseconds.</summary>
    public int LongestPause { get; }

    /// <summary>When the care of copies begins after a change of leaders, milliseconds.</summary>
    public int CareAfter { get; }

    public bool IsOver { get; private set; }

    public IReadOnlyList<string> History => history;

    public void At(long milliseconds, Action action) => Clock.At(milliseconds, action);

    public int NextValue() => ++values;

    public RequestStamp NextStamp(uint session) => new(session, 1, ++requests, requests, MayRepeat: false);

    public SimulatedNode? Node(NodeId id) => nodes[id.Value - 1];

    public bool SeemsAlive(NodeId id) => alive[id.Value - 1] is not null;

    public bool Leads(SimulatedNode node, long since) => node.IsUp && Leader == node && term == since;

    public void Fail(string message) => Fail(new InvalidOperationException(message));

    public void Fail(Exception e) => failure ??= e;

    public void Note(string line)
    {
        history.Add($"{Clock.Now,7} {line}");
        if (history.Count > 20_000)
        {
            history.RemoveRange(0, 5000);
        }
    }

    public SystemReply ListChunkServers() => new ChunkServersReply([.. records]);

    /// <summary>Commits a command.</summary>
    public object Apply(byte[] command, long inTerm)
    {
        var results = new object?[1];
        Replica.Apply(new AppliedEntry(++index, inTerm, Clock.GetUtcNow().ToUnixTimeMilliseconds(), [command]), results);
        var reply = (Reply)results[0]!;
        Note($"commit {Describe(MemoryPackSerializer.Deserialize<Operation>(command)!)} => {(reply is ChunkWorkReply work ? $"{work.Work.Kind} {work.Chunk} version {work.Version}{(work.Work.Resumed ? " again" : "")} at {string.Join(',', work.Work.Servers ?? [])}" : reply.Status)}");
        return reply;
    }

    /// <summary>A node tells what one of its chunkservers has said.</summary>
    public void Spread(ViewNews news)
    {
        var from = Node(news.Gateway);
        from?.View.Learn(news);
        foreach (var to in nodes)
        {
            if (to is null || to == from || from is null)
            {
                continue;
            }

            var earliest = Clock.Now + Random.Next(0, IsFaulty && Random.Next(20) == 0 ? 1500 : 20);
            var arrival = arrivals[(from.Id, to.Id)] = Math.Max(arrivals.GetValueOrDefault((from.Id, to.Id)), earliest);
            At(arrival - Clock.Now, () =>
            {
                if (from.IsUp && to.IsUp)
                {
                    to.View.Learn(news);
                }
            });
        }
    }

    /// <summary>Lets clients work amid faults, then everything come to rest, and looks at all copies.</summary>
    public void Run(int operations)
    {
        var active = 0;
        var alone = Make("alone");
        var shared = Make("shared");
        Begin(new SimulatedClient(this, alone, 11).WriteAndCutAsync(operations, [0, 1, 2, 3], cuts: true));
        Begin(new SimulatedClient(this, shared, 12).WriteAndCutAsync(operations, [0, 2], cuts: false));
        Begin(new SimulatedClient(this, shared, 13).WriteAndCutAsync(operations, [1, 3], cuts: false));
        _ = new SimulatedClient(this, alone, 14).ReadAsync();
        _ = new SimulatedClient(this, shared, 15).ReadAsync();
        Disturb();
        var calm = Clock.Now + 20_000;
        Drain(() => active == 0 || Clock.Now > calm, 600_000, "clients wait for answers amid faults");
        Calm();

        // A request that its client has given up may have locked a chunk after the write had ended: that lock goes after two minutes.
        Drain(() => active == 0, 150_000, "clients wait for answers although nothing is wrong");
        Drain(IsAtRest, 300_000, "copies are missing or left over");
        IsOver = true;

        void Begin(Task client)
        {
            active++;
            client.ContinueWith(
                done =>
                {
                    active--;
                    if (done.Exception is { } e)
                    {
                        Fail(e.InnerException!);
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    /// <summary>A copy of a file that shares its chunk with it. There are not many.</summary>
    public void Snapshot(WrittenFile file)
    {
        const int Most = 3;
        if (files.Count < 2 + Most)
        {
            var name = new Name($"snapshot{files.Count}");
            Run(new MakeSnapshot { Source = file.Inode, Parent = 1, Name = name, Modes = SnapshotModes.None, Umask = 0, Caller = Hosting.Callers.Root });
            files.Add(file.Copy(((LookupReply)Replica.Answer(new Lookup(1, name, Hosting.Callers.Root))).Inode));
        }
    }

    private static string Describe(Operation operation) => operation switch
    {
        BeginWrite b => $"BeginWrite of {b.Caller.Session}, inode {b.Inode}, seen chunk {b.SeenChunk} version {b.SeenVersion}: {b.Copies}",
        BeginTruncate b => $"BeginTruncate of {b.Caller.Session}, inode {b.Inode}, seen chunk {b.SeenChunk} version {b.SeenVersion}",
        EndWrite e => $"EndWrite of {e.Caller.Session}, chunk {e.Chunk}",
        EndTruncate e => $"EndTruncate of {e.Caller.Session}, chunk {e.Chunk}",
        CondemnCopies c => $"CondemnCopies {string.Join(' ', c.Copies.Select(static one => $"{one.Chunk} at {string.Join(',', one.Servers)}"))}",
        ForgetCopies c => $"ForgetCopies {string.Join(' ', c.Copies.Select(static one => $"{one.Chunk} at {string.Join(',', one.Servers)}"))}",
        SetChunkVersion v => $"SetChunkVersion {v.Chunk} {v.SeenVersion} -> {v.Version} at {string.Join(',', v.Servers ?? [])}",
        AbandonWrite a => $"AbandonWrite of {a.Session}, chunk {a.Chunk} version {a.Version}",
        _ => operation.GetType().Name,
    };

    private WrittenFile Make(string name)
    {
        var file = new WrittenFile(((OpenReply)Run(new CreateFile(1, new Name(name), 0x1FF, 0, Hosting.Callers.Root))).Inode);
        files.Add(file);
        return file;
    }

    private Reply Run(Command command) => (Reply)Apply(MemoryPackSerializer.Serialize<Operation>(command), term);

    private void Start(int i)
    {
        var view = new SimulatedView();
        nodes[i] = alive[i] = new SimulatedNode(this, new NodeId((ushort)(i + 1)), view);
    }

    private void Elect() => At(Random.Next(20, 500), () =>
    {
        var candidates = nodes.Where(static n => n is not null).ToList();
        var chosen = candidates[Random.Next(candidates.Count)]!;
        Leader = chosen;
        var now = ++term;
        Note($"node {chosen.Id} leads in term {now}");
        foreach (var node in candidates)
        {
            At(node == chosen ? 0 : Random.Next(0, 300), () => node!.Log.Learn(new Leadership(chosen.Id, now, node == chosen)));
        }
    });

    private void Connect(SimulatedChunkServer server) => At(Random.Next(20, Random.Next(4) == 0 ? 4000 : 400), () =>
    {
        var candidates = nodes.Where(static n => n is not null).ToList();
        if (!server.IsUp || candidates.Count == 0)
        {
            Connect(server);
            return;
        }

        var node = candidates[Random.Next(candidates.Count)]!;
        records[server.Id - 1] = records[server.Id - 1] with { Epoch = ++epoch, Node = node.Id.Value };
        Note($"cs{server.Id} connects to node {node.Id} as {epoch}");
        server.Link = new SimulatedLink(this, server, node, epoch);
    });

    private void Disconnect(SimulatedChunkServer server)
    {
        if (server.Link is { } link)
        {
            Note($"cs{server.Id} loses its connection to node {link.Gateway.Id}");
            link.Break();
            At(Random.Next(0, 1000), () =>
            {
                if (records[server.Id - 1].Epoch == link.Incarnation.Epoch)
                {
                    records[server.Id - 1] = records[server.Id - 1] with { Node = 0 };
                }
            });
            Connect(server);
        }
    }

    private void Crash(int i)
    {
        var node = nodes[i]!;
        Note($"node {node.Id} dies");
        nodes[i] = null;
        if (Leader == node)
        {
            Leader = null;
            Elect();
        }

        node.Crash();
        foreach (var server in Servers.Where(s => s.Link?.Gateway == node))
        {
            var ended = new ViewNews(NewsKind.Ended, server.Link!.Incarnation, node.Id, Order: long.MaxValue);
            Disconnect(server);
            foreach (var other in nodes.Where(static n => n is not null))
            {
                At(Random.Next(250, 400), () => other!.View.Learn(ended));
            }
        }

        At(Random.Next(250, 350), () =>
        {
            if (nodes[i] is null)
            {
                alive[i] = null;
            }
        });
        At(Random.Next(300, 3000), () =>
        {
            Note($"node {i + 1} starts");
            Start(i);
        });
    }

    // Nodes tell each other what one of them has missed.
    private void Exchange() => At(Random.Next(300, 1500), () =>
    {
        foreach (var node in nodes)
        {
            var others = nodes.Where(n => n is not null && n != node).ToList();
            if (node is not null && others.Count > 0)
            {
                others[Random.Next(others.Count)]!.View.Learnt.ToList().ForEach(node.View.Learn);
            }
        }

        Exchange();
    });

    private void Disturb() => At(Random.Next(20, 1200), () =>
    {
        if (!IsFaulty)
        {
            return;
        }

        var server = Servers[Random.Next(Servers.Length)];
        switch (Random.Next(6))
        {
            case 0 or 1 when nodes.All(static n => n is not null):
                Crash(Random.Next(2) == 0 && Leader is not null ? Leader.Id.Value - 1 : Random.Next(nodes.Length));
                break;
            case 2 when Leader is not null:
                Note($"node {Leader.Id} is deposed");
                Leader = null;
                Elect();
                break;
            case 3 or 4:
                Disconnect(server);
                break;
            case 5 when server.IsUp:
                Note($"cs{server.Id} stops");
                server.IsUp = false;
                Disconnect(server);
                At(Random.Next(100, 3000), () => server.IsUp = true);
                break;
        }

        Disturb();
    });

    private void Calm()
    {
        IsFaulty = false;
        Note("nothing disturbs any more");
    }

    private bool IsAtRest() => Leader is { } leader
        && Servers.All(static s => s.Link is { IsOpen: true })
        && files.TrueForAll(f => ChunkOf(f) is not { } chunk || (!IsLocked(chunk) && chunk.Record.CondemnedAt is null && HasCopies(leader, chunk)));

    // What an order of a former connection has left, nobody sees before the chunkserver connects anew.
    private bool HasCopies(SimulatedNode leader, ChunkView chunk)
    {
        var seen = leader.Copies.Find(chunk.Id);
        return seen.Count == Copies && seen.TrueForAll(c => c.Version == chunk.Record.Version && Servers[c.Server.Incarnation.ChunkServerId - 1].Copies.GetValueOrDefault(chunk.Id)?.Version == c.Version);
    }

    private string Picture() => string.Join("; ", files.Select(f => ChunkOf(f) is not { } chunk ? $"inode {f.Inode} is empty"
        : $"inode {f.Inode} has chunk {chunk.Id} version {chunk.Record.Version}, {chunk.Record.Work}, locked {IsLocked(chunk)}, condemned at [{string.Join(' ', chunk.Record.CondemnedAt ?? [])}], copies {string.Join(' ', Servers.Where(s => s.Copies.ContainsKey(chunk.Id)).Select(s => $"cs{s.Id}:{s.Copies[chunk.Id].Version}"))}, seen {string.Join(' ', Leader?.Copies.Find(chunk.Id).Select(static c => $"{c.Server.Incarnation}:{c.Version}") ?? [])}"))
        + $"; connected {string.Join(' ', Servers.Select(static s => s.Link?.Incarnation.ToString() ?? $"cs{s.Id} not"))}";

    private bool IsLocked(ChunkView chunk) => chunk.Record.IsLocked((uint)Clock.GetUtcNow().ToUnixTimeSeconds());

    private ChunkView? ChunkOf(WrittenFile file) => ((ChunkReply)Replica.Answer(new ChunkOfFile(file.Inode, 0))).Chunk;

    // A copy of the right version looks good to everybody as soon as its chunkserver is there.
    private void CheckCopies()
    {
        foreach (var file in files)
        {
            if (ChunkOf(file) is not { } chunk || IsLocked(chunk))
            {
                continue;
            }

            foreach (var server in Servers)
            {
                if (!server.Copies.TryGetValue(chunk.Id, out var copy) || copy.Version != chunk.Record.Version || chunk.Record.IsCondemnedAt(server.Id))
                {
                    continue;
                }

                for (var block = 0; block < copy.Content.Length; block++)
                {
                    if (!file.Allows(block, copy.Content[block]))
                    {
                        Fail($"cs{server.Id} has {copy.Content[block]} in block {block} of chunk {chunk.Id} with the good version {copy.Version} instead of {file.Allowed(block)}");
                    }
                }
            }
        }
    }

    private void Drain(Func<bool> isDone, int limit, string waiting)
    {
        var end = Clock.Now + limit;
        while (!isDone() && failure is null)
        {
            if (Clock.Now > end || !Clock.Step())
            {
                throw new InvalidOperationException($"{waiting} after {limit} ms: {Picture()}");
            }

            CheckCopies();
        }

        if (failure is not null)
        {
            throw new InvalidOperationException($"at {Clock.Now} ms: {failure.Message}", failure);
        }
    }
}

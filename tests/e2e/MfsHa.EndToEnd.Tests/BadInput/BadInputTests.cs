using MfsHa.EndToEnd.Tests.Fixtures;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.BadInput;

/// <summary>What strangers and broken peers send ends their own connection and nothing else, in bounded memory (node 1 is attacked on all its ports).</summary>
public sealed class BadInputTests(DeploymentFixture<AttackedCluster> fixture) : IClassFixture<DeploymentFixture<AttackedCluster>>
{
    /// <summary>Above what a node needs to serve; below what one lie about a length could make it take.</summary>
    private const long MemoryLimit = 300L << 20;

    /// <summary>Silence is noticed after 10 s (MATOCL_TIMEOUT, MATOCS_TIMEOUT, the admin port's limit).</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(25);

    /// <summary>The promise of section 3, with the other load of a test machine on top.</summary>
    private static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(3);

    private static readonly int[] Ports = [MooseFsPorts.MetaLogger, MooseFsPorts.ChunkServer, MooseFsPorts.Client, MfsHaNode.LinkPort, MfsHaNode.AdminPort];

    private Deployment Deployment => fixture.Deployment;

    private MfsHaNode Attacked => Deployment.Cluster.Nodes[0];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MooseFsPorts.MetaLogger)]
    [InlineData(MooseFsPorts.ChunkServer)]
    [InlineData(MooseFsPorts.Client)]
    [InlineData(MfsHaNode.LinkPort)]
    [InlineData(MfsHaNode.AdminPort)]
    public Task Every_bad_frame_closes_its_connection_with_one_line(int port) => UnharmedAsync(async watch =>
    {
        string[] kinds = [.. BadFrames.All.Where(frame => frame.Port == port).Select(static frame => frame.Kind)];
        await watch.WaitForRoomInLogAsync(kinds.Length, Cancellation);
        foreach (var kind in kinds)
        {
            using var stranger = await ConnectAsync(port);
            await stranger.TrySendAsync(BadFrames.Of(port, kind), Cancellation);
            stranger.CloseHalf();
            await stranger.WaitForCloseAsync(CloseLimit, Cancellation);
            await watch.AssertOneLineAboutAsync(stranger.Name, kind, Cancellation);
        }
    });

    [Fact]
    public Task Who_only_looks_whether_a_port_is_open_is_no_news() => UnharmedAsync(async watch =>
    {
        const int probes = 20;
        foreach (var port in Ports)
        {
            List<string> names = [];
            var before = watch.NewLines.Count();
            for (var i = 0; i < probes; i++)
            {
                using var prober = await ConnectAsync(port);
                names.Add(prober.Name);
                if (i % 2 == 0)
                {
                    prober.CloseHalf();
                    await prober.WaitForCloseAsync(CloseLimit, Cancellation);
                }
                else
                {
                    prober.Reset();
                }
            }

            // The log is written in order: a line about a later connection shows that there is none about the probes.
            await watch.WaitForRoomInLogAsync(1, Cancellation);
            using var stranger = await ConnectAsync(port);
            await stranger.TrySendAsync(BadFrames.Noise(1, 64), Cancellation);
            stranger.CloseHalf();
            await watch.AssertOneLineAboutAsync(stranger.Name, "noise", Cancellation);
            Assert.Empty(names.Except([stranger.Name]).SelectMany(name => watch.About(name, before)));
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Noise_on_every_port_harms_nobody(int seed) => UnharmedAsync(async _ =>
    {
        const int connections = 30;
        var random = new Random(seed);
        foreach (var port in Ports)
        {
            for (var i = 0; i < connections; i++)
            {
                using var stranger = await ConnectAsync(port);
                await stranger.TrySendAsync(BadFrames.Noise(random.Next(), random.Next(1, 10_000)), Cancellation);
                stranger.CloseHalf();
                await stranger.WaitForCloseAsync(CloseLimit, Cancellation);
            }
        }
    });

    [Fact]
    public Task Silent_slow_and_too_many_connections_are_given_up_and_others_served() => UnharmedAsync(async _ =>
    {
        (int Port, int Count)[] floods = [(MooseFsPorts.MetaLogger, 150), (MooseFsPorts.Client, 1500), (MooseFsPorts.ChunkServer, 500), (MfsHaNode.LinkPort, 500), (MfsHaNode.AdminPort, 150)];
        List<Stranger> strangers = [];
        try
        {
            foreach (var (port, count) in floods)
            {
                for (var i = 0; i < count; i++)
                {
                    var stranger = await ConnectAsync(port);
                    strangers.Add(stranger);
                    if (i % 2 == 0)
                    {
                        // The beginning of something that never comes.
                        await stranger.TrySendAsync(port == MfsHaNode.LinkPort ? "MH"u8.ToArray() : "\0\0\u0001\u0090\0\0\0"u8.ToArray(), Cancellation);
                    }
                }
            }
            await Task.WhenAll(strangers.Select(stranger => stranger.WaitForCloseAsync(CloseLimit, Cancellation)));
        }
        finally
        {
            strangers.ForEach(static stranger => stranger.Dispose());
        }
    });

    [Theory]
    [InlineData(11)]
    public Task Requests_with_random_bodies_end_at_most_their_own_session(int seed) => UnharmedAsync(async _ =>
    {
        const int rounds = 3, longest = 80;
        var random = new Random(seed);
        var client = await RegisterAsync();
        try
        {
            foreach (var type in Enum.GetValues<PacketType>().Where(static type => (uint)type is >= 350 and < 800))
            {
                for (var round = 0; round < rounds; round++)
                {
                    byte[] payload = [0, 0, 0, (byte)(round + 1), .. BadFrames.Noise(random.Next(), random.Next(longest))];
                    var sent = await client.TrySendAsync(Stranger.Packet((uint)type, payload), Cancellation);
                    if (!sent || !await IsAliveAsync(client))
                    {
                        client.Dispose();
                        client = await RegisterAsync();
                    }
                }
            }
        }
        finally
        {
            client.Dispose();
        }
    });

    [Theory]
    [InlineData(21)]
    public Task Calls_of_a_strange_node_end_at_most_their_own_connection(int seed) => UnharmedAsync(async _ =>
    {
        const ushort methods = 12;
        const int rounds = 10, longest = 400;
        var random = new Random(seed);
        for (ushort method = 0; method < methods; method++)
        {
            for (var round = 0; round < rounds; round++)
            {
                using var stranger = await ConnectAsync(MfsHaNode.LinkPort);
                await stranger.TrySendAsync(
                    (byte[])[.. BadFrames.Preface(), .. BadFrames.Frame(method, BadFrames.Noise(random.Next(), random.Next(longest)))], Cancellation);
                stranger.CloseHalf();
                await stranger.WaitForCloseAsync(CloseLimit, Cancellation);
            }
        }
    });

    private Task<Stranger> ConnectAsync(int port) => Stranger.ConnectAsync(Deployment.Environment.Observer, Attacked.Host, port, Cancellation);

    private async Task<Stranger> RegisterAsync()
    {
        var client = await ConnectAsync(MooseFsPorts.Client);
        await client.TrySendAsync(
            static (ref writer) => new NewSessionRegister(new PeerVersion(4, 56, 6), "/stranger\0"u8.ToArray(), "/"u8.ToArray(), null, null).Write(ref writer), Cancellation);
        await client.ReadUntilAsync(PacketType.RegisterReply, Cancellation);
        return client;
    }

    // The version question is answered in order behind what was sent before, unless that closed the connection.
    private static async Task<bool> IsAliveAsync(Stranger client)
    {
        try
        {
            await client.TrySendAsync(Stranger.Packet((uint)PacketType.GetVersion, [0, 0, 0, 1]), Cancellation);
            await client.ReadUntilAsync(PacketType.Version, Cancellation).WaitAsync(CloseLimit, Cancellation);
            return true;
        }
        catch (Exception e) when (e is EndOfStreamException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    /// <summary>Runs an attack beside a client that works, and looks at what it has done to it, to the node and to the replicas.</summary>
    private async Task UnharmedAsync(Func<NodeWatch, Task> attack)
    {
        var watch = new NodeWatch(Attacked);
        await using var bystander = new Bystander($"{Deployment.Mounts[0].Path}/{Guid.NewGuid():N}");
        var before = watch.ResidentBytes;
        await attack(watch);
        var (rounds, longest) = await bystander.FinishAsync();
        Assert.NotEqual(0, rounds);
        Assert.InRange(longest, TimeSpan.Zero, LongestStall);
        Assert.InRange(watch.ResidentBytes - before, long.MinValue, MemoryLimit);
        watch.AssertUnharmed();
        await Deployment.Cluster.AdminAsync(Attacked, ["consistency-check"], Cancellation);
    }
}

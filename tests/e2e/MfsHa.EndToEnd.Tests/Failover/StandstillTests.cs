using System.Diagnostics;
using System.Globalization;
using MfsHa.Playground.Processes;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Failover;

/// <summary>
/// How long an unmodified client stands still, per kind of failure: the figures of the table in README.md and docs/benchmarks.md. One writer (mkdir) and one reader (stat) through
/// one mount that caches nothing; what counts is the longest operation. The limits are what the README promises.
/// </summary>
public sealed class StandstillTests
{
    private const int Group = 1;
    private const int ResignLimit = 10;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Releases => [MooseFsRelease.V3.Name, MooseFsRelease.V4.Name];

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Leader_is_killed_and_the_client_is_at_another_node(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: false);
        await scene.MeasureAsync(rounds: 5, limit: 1, async () =>
        {
            await scene.HaveLeadAsync(other: true);
            var leader = await scene.LeaderAsync();
            return (leader.CrashAsync, () => Scene.StartAgainAsync(leader));
        });
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Node_of_the_client_is_killed_and_started_again_at_once(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: false);
        await scene.MeasureAsync(rounds: 4, limit: 6, async () =>
        {
            await scene.HaveLeadAsync(other: false);
            return (async () =>
            {
                await scene.ClientNode.CrashAsync();
                await Scene.StartAgainAsync(scene.ClientNode);
            }, static () => Task.CompletedTask);
        });
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Node_of_the_client_is_killed_and_its_host_refuses_for_ten_seconds(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: false);
        await scene.MeasureAsync(rounds: 2, limit: 20, async () =>
        {
            await scene.HaveLeadAsync(other: false);
            return (async () =>
            {
                await scene.ClientNode.CrashAsync();
                await Task.Delay(TimeSpan.FromSeconds(10), Cancellation);
                await Scene.StartAgainAsync(scene.ClientNode);
            }, static () => Task.CompletedTask);
        });
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Node_of_the_client_is_killed_and_the_service_address_moves(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: true);
        await scene.MeasureAsync(rounds: 4, limit: 4, async () =>
        {
            await scene.HaveLeadAsync(other: false);
            var former = scene.ClientNode;
            return (async () =>
            {
                await former.CrashAsync();
                await scene.MoveAsync(formerHears: true);
            }, () => Scene.StartAgainAsync(former));
        });
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Host_of_the_clients_node_vanishes_and_the_service_address_moves(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: true);
        await scene.MeasureAsync(rounds: 4, limit: 13, async () =>
        {
            await scene.HaveLeadAsync(other: false);
            var former = scene.ClientNode;
            return (async () =>
            {
                await former.Host.CutOffAsync(Cancellation);
                await scene.MoveAsync(formerHears: false);
            }, async () =>
            {
                await scene.ForgetAsync(former);
                await former.Host.ReconnectAsync(Cancellation);
                await former.WaitReadyAsync(Cancellation);
            });
        });
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Host_of_the_clients_node_vanishes_for_twenty_seconds_and_nothing_takes_its_address(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: false);
        await scene.MeasureAsync(rounds: 2, limit: 30, async () =>
        {
            await scene.HaveLeadAsync(other: false);
            return (async () =>
            {
                await scene.ClientNode.Host.CutOffAsync(Cancellation);
                await Task.Delay(TimeSpan.FromSeconds(20), Cancellation);
                await scene.ClientNode.Host.ReconnectAsync(Cancellation);
            }, static () => Task.CompletedTask);
        });
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Host_of_the_clients_node_is_cut_off_for_five_seconds(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: false);
        await scene.MeasureAsync(rounds: 2, limit: 12, async () =>
        {
            await scene.HaveLeadAsync(other: false);
            return (async () =>
            {
                await scene.ClientNode.Host.CutOffAsync(Cancellation);
                await Task.Delay(TimeSpan.FromSeconds(5), Cancellation);
                await scene.ClientNode.Host.ReconnectAsync(Cancellation);
            }, static () => Task.CompletedTask);
        });
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Host_of_the_leader_vanishes_and_the_client_is_at_another_node(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: false);
        await scene.MeasureAsync(rounds: 5, limit: 1, async () =>
        {
            await scene.HaveLeadAsync(other: true);
            var leader = await scene.LeaderAsync();
            return (() => leader.Host.CutOffAsync(Cancellation), async () =>
            {
                await leader.Host.ReconnectAsync(Cancellation);
                await leader.WaitReadyAsync(Cancellation);
            });
        });
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Majority_is_killed_and_started_again_after_ten_seconds(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: false);
        await scene.MeasureAsync(rounds: 2, limit: 30, () => Task.FromResult<(Func<Task>, Func<Task>)>((async () =>
        {
            var others = scene.Others.ToArray();
            await Task.WhenAll(others.Select(static node => node.CrashAsync()));
            await Task.Delay(TimeSpan.FromSeconds(10), Cancellation);
            await Task.WhenAll(others.Select(Scene.StartAgainAsync));
        }, static () => Task.CompletedTask)));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Majority_stays_away_and_requests_fail_in_the_end(string release)
    {
        await using var scene = await Scene.CreateAsync(release, service: false);
        await Task.WhenAll(scene.Others.Select(static node => node.CrashAsync()));
        var begun = Stopwatch.GetTimestamp();
        var failure = Assert.Throws<PosixException>(() => P.MakeDirectory($"{scene.Mount.Path}/without-majority"));
        var took = Stopwatch.GetElapsedTime(begun);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{release}: {failure.Error} after {took.TotalSeconds:0.0} s"));
        Assert.Equal(Errno.Io, failure.Error);
        Assert.InRange(took.TotalSeconds, 60, 300);
        await Task.WhenAll(scene.Others.Select(Scene.StartAgainAsync));
        P.MakeDirectory($"{scene.Mount.Path}/with-majority");
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly TestEnvironment environment;
        private readonly MfsHaCluster cluster;
        private readonly ServiceAddress? service;

        private Scene(TestEnvironment environment, MfsHaCluster cluster, Mount mount, ServiceAddress? service)
            => (this.environment, this.cluster, Mount, this.service, ClientNode) = (environment, cluster, mount, service, cluster.Nodes[0]);

        public Mount Mount { get; }

        public MfsHaNode ClientNode { get; private set; }

        public IEnumerable<MfsHaNode> Others => cluster.Nodes.Where(node => node != ClientNode);

        public static async Task<Scene> CreateAsync(string release, bool service)
        {
            var programs = release == MooseFsRelease.V3.Name ? MooseFsRelease.V3 : MooseFsRelease.V4;
            var environment = await TestEnvironment.CreateAsync(Cancellation);
            try
            {
                var cluster = await MfsHaCluster.CreateAsync(environment, settings: new Dictionary<string, string> { ["BIND_HOST"] = "*" }, cancellation: Cancellation);
                await cluster.StartAsync(Cancellation);
                var address = service ? new ServiceAddress(environment.Network) : null;
                if (address is not null)
                {
                    await address.MoveAsync(cluster.Nodes[0].Host, formerHears: true, Cancellation);
                }
                var mount = await Mount.CreateAsync(environment, programs, address?.Address ?? cluster.Nodes[0].Host.Address, "mount", CachePolicy.None, cancellation: Cancellation);
                await mount.StartAsync(Cancellation);
                return new Scene(environment, cluster, mount, address);
            }
            catch
            {
                await environment.DisposeAsync();
                throw;
            }
        }

        /// <summary>Does the same again and again: prepare, fault, wait until both clients go on, mend.</summary>
        public async Task MeasureAsync(int rounds, double limit, Func<Task<(Func<Task> Fault, Func<Task> Mend)>> prepare)
        {
            List<double> stalls = [];
            var folder = $"{Mount.Path}/writer";
            P.MakeDirectory(folder);
            await using var writer = new StallMeter(number => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{folder}/{number}")));
            await using var reader = new StallMeter(_ => P.Stat(folder));
            for (var round = 0; round < rounds; round++)
            {
                var (fault, mend) = await prepare();
                await Task.Delay(Calm, Cancellation);
                writer.TakeLongest();
                reader.TakeLongest();
                await fault();
                // The operation that is under way may still have been answered before the fault.
                var (writes, reads) = (writer.Done, reader.Done);
                await Deadline.WaitAsync("both clients go on", Limit, () => writer.Done > writes + 5 && reader.Done > reads + 5, Cancellation);
                await Task.Delay(Calm, Cancellation);
                var stall = Math.Max(writer.TakeLongest().TotalMilliseconds, reader.TakeLongest().TotalMilliseconds);
                stalls.Add(stall);
                TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mfsmount {Mount.Release}: {stall:0} ms"));
                await mend();
            }
            Assert.Null(writer.Failure);
            Assert.Null(reader.Failure);
            Assert.InRange(stalls.Max(), 1, limit * 1000);
        }

        /// <summary>Moves leadership of the shard until the client's node has it, or until another node has it.</summary>
        public async Task HaveLeadAsync(bool other)
        {
            for (var attempt = 0; attempt < ResignLimit; attempt++)
            {
                var leader = await LeaderAsync();
                if (leader == ClientNode ^ other)
                {
                    return;
                }
                await cluster.AdminAsync(leader, ["resign", $"{Group}"], Cancellation);
            }
            throw new InvalidOperationException($"leadership did not move within {ResignLimit} attempts");
        }

        public async Task<MfsHaNode> LeaderAsync()
        {
            MfsHaNode? leader = null;
            await Deadline.WaitAsync("the shard has a leader", Limit, async token => (leader = await cluster.LeaderOfAsync(0, token)) is not null, Cancellation);
            return leader!;
        }

        public static async Task StartAgainAsync(MfsHaNode node)
        {
            node.Start();
            await node.WaitReadyAsync(Cancellation);
        }

        /// <summary>The service address moves between the first and the last node: those that get leadership from each other when it is given away.</summary>
        public async Task MoveAsync(bool formerHears)
        {
            ClientNode = ClientNode == cluster.Nodes[0] ? cluster.Nodes[^1] : cluster.Nodes[0];
            await service!.MoveAsync(ClientNode.Host, formerHears, Cancellation);
        }

        public Task ForgetAsync(MfsHaNode former) => service!.ForgetAsync(former.Host, Cancellation);

        public ValueTask DisposeAsync() => environment.DisposeAsync();
    }
}

using System.Buffers.Binary;
using System.Globalization;
using MfsHa.EndToEnd.Tests.Failover;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Incidents;

/// <summary>A node is parted from the others while clients of both sides work: its side serves nothing that is not true any more and acknowledges nothing, and afterwards nothing is missing.</summary>
public sealed class PartitionTests
{
    private const string Value = "user.value";
    private const int Progress = 50;
    private const int Length = 100_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_minority_serves_nothing_stale_and_nothing_acknowledged_is_missing_afterwards(bool isLeaderParted)
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        MfsHaNode? leader = null;
        await Deadline.WaitAsync("the shard has a leader", Limit, async token => (leader = await cluster.LeaderOfAsync(0, token)) is not null, Cancellation);
        var parted = isLeaderParted ? leader! : cluster.Nodes.First(n => n != leader);
        MfsHaNode[] majority = [.. cluster.Nodes.Where(n => n != parted)];
        var server = await ChunkServer.CreateAsync(environment, MooseFsRelease.V4, majority[0].Host, "chunkserver", cancellation: Cancellation);
        server.Start();
        var inside = await MountAsync(environment, parted, "inside");
        var outside = await MountAsync(environment, majority[0], "outside");
        await Deadline.WaitAsync("files can be written", Limit, () => P.StatFileSystem(outside.Path).Total > 0, Cancellation);
        foreach (var folder in (string[])["made", "files", "inside"])
        {
            P.MakeDirectory($"{outside.Path}/{folder}");
        }

        Set(outside.Path, 0);
        var acknowledged = 0;
        await using var setter = new StallMeter(n =>
        {
            Set(outside.Path, n + 1);
            Volatile.Write(ref acknowledged, n + 1);
        });

        // Whatever was acknowledged before a question is asked must be in its answer, whoever is asked.
        await using var reader = new StallMeter(_ =>
        {
            var least = Volatile.Read(ref acknowledged);
            var seen = Get(inside.Path);
            Assert.True(seen >= least, $"node {parted.Id} serves {seen}; {least} was acknowledged before it was asked");
        });
        await using var maker = new StallMeter(n => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{outside.Path}/made/{n}")));
        await using var writer = new StallMeter(n => Content.WriteFile(string.Create(CultureInfo.InvariantCulture, $"{outside.Path}/files/{n}"), (ulong)n, Length));
        await using var insider = new StallMeter(n => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{inside.Path}/inside/{n}")));
        StallMeter[] all = [setter, reader, maker, writer, insider];
        await AdvanceAsync("all clients work", all);

        await using (var partition = await NodePartition.BeginAsync(parted, majority, Cancellation))
        {
            await AdvanceAsync("the majority goes on", setter, maker, writer);
            P.MakeDirectory($"{outside.Path}/fresh");
            var looked = Task.Factory.StartNew(() => P.Exists($"{inside.Path}/fresh"), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var silent = insider.Done;
            await AdvanceAsync("the majority goes on for a while", setter, maker, writer);
            Assert.Equal(silent, insider.Done);
            Assert.Equal(2, (await cluster.TryAdminAsync(parted, ["quorum-status"], Cancellation)).ExitCode);
            var seen = (await cluster.TryAdminAsync(majority[0], ["partition-status"], Cancellation)).Output;
            Assert.StartsWith("PARTITION: ", seen, StringComparison.Ordinal);
            Assert.Contains($"{{{string.Join(", ", majority.Select(static n => n.Id))}}}", seen, StringComparison.Ordinal);
            await partition.HealAsync(Cancellation);
            Assert.True(await looked.WaitAsync(Limit, Cancellation), "a directory that was acknowledged was not found");
        }

        await AdvanceAsync("all clients work again", all);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"node {parted.Id} parted: majority stood still for {new[] { setter, maker, writer }.Max(static m => m.TakeLongest()).TotalMilliseconds:0} ms, the minority for {insider.TakeLongest().TotalMilliseconds:0} ms; {string.Join(", ", all.Select(static m => m.Done))} done"));
        foreach (var meter in all)
        {
            await meter.StopAsync();
            Assert.Null(meter.Failure);
        }

        foreach (var mount in (Mount[])[inside, outside])
        {
            Assert.Equal(setter.Done, Get(mount.Path));
            Assert.Equal((maker.Done, writer.Done, insider.Done), (Count(mount, "made"), Count(mount, "files"), Count(mount, "inside")));
            for (var i = 0; i < writer.Done; i++)
            {
                Content.AssertFile($"{mount.Path}/files/{i}", (ulong)i, Length);
            }
        }

        await Deadline.WaitAsync("the cluster is healthy", Limit, async token => (await cluster.TryAdminAsync(parted, ["status"], token)).ExitCode == 0, Cancellation);
        Assert.Contains("Consistency: CONSISTENT", await cluster.AdminAsync(parted, ["consistency-check"], Cancellation), StringComparison.Ordinal);
    }

    private static int Count(Mount mount, string folder) => P.ReadDirectory($"{mount.Path}/{folder}").Count;

    private static void Set(string folder, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        P.SetAttribute(folder, Value, bytes);
    }

    private static int Get(string folder) => BinaryPrimitives.ReadInt32LittleEndian(P.GetAttribute(folder, Value));

    private static async Task AdvanceAsync(string what, params StallMeter[] meters)
    {
        var before = meters.Select(static m => m.Done).ToArray();
        await Deadline.WaitAsync(what, Limit, () => meters.Zip(before).All(static m => m.First.Done >= m.Second + Progress), Cancellation);
        await Task.Delay(Calm, Cancellation);
    }

    private static async Task<Mount> MountAsync(TestEnvironment environment, MfsHaNode node, string name)
    {
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, node.Host, name, CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        return mount;
    }
}

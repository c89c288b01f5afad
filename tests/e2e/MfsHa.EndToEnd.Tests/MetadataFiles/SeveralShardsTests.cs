using System.Globalization;
using System.Text.RegularExpressions;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>A cluster with eight shards is exported while clients move things between them: the file is the file system as it was at one moment, and real mfsmasters start on it.</summary>
public sealed partial class SeveralShardsTests
{
    private const int Pairs = 3;
    private const int Exports = 2;

    // A hold ends after 45 ms by itself, but three nodes, clients and other tests share a few processors here, and a timer of a node that does not run is late.
    private const double LongestPause = 400;
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exports_under_a_load_across_shards_are_the_file_system_at_one_moment_and_mfsmasters_start_on_them()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: new Dictionary<string, string> { ["HA_SHARD_COUNT"] = "8" }, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        List<Mount> mounts = [];
        foreach (var node in cluster.Nodes.Take(2))
        {
            mounts.Add(await Mount.CreateAsync(environment, MooseFsRelease.V4, node.Host, $"mount{node.Id}", CachePolicy.None, cancellation: Cancellation));
            await mounts[^1].StartAsync(Cancellation);
        }

        PingPong[] pairs = [.. Enumerable.Range(0, Pairs).Select(i => new PingPong($"pair{i}", [.. mounts.Select(static m => m.Path)]))];
        Array.ForEach(pairs, static p => p.Prepare());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var working = Array.ConvertAll(pairs, p => Task.Factory.StartNew(() => p.Run(end.Token), end.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        var folder = environment.CreateFolder("exported");
        List<(string File, int[] Least, int[] Most)> exports = [];
        try
        {
            for (var number = 0; number < Exports; number++)
            {
                await Task.WhenAny(Task.WhenAll(working), Task.Delay(Load, Cancellation));
                exports.Add(await ExportAsync(cluster, pairs, Path.Combine(folder, $"metadata{number}.mfs"), number % 2 == 0 ? "3.0" : "4.x", cluster.Nodes[number % cluster.Nodes.Count]));
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(working);
        }

        foreach (var (file, least, most) in exports)
        {
            await AssertOneMomentAsync(pairs, file, least, most);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"steps {string.Join(", ", pairs.Select(static p => $"{p.Answered}, longest {p.Longest.TotalMilliseconds:0} ms"))}");
        foreach (var mount in mounts)
        {
            await mount.StopAsync();
        }

        foreach (var node in cluster.Nodes)
        {
            await node.StopAsync();
        }

        await AssertMasterShowsAsync(environment, exports[^2], MooseFsRelease.V3, pairs);
        await AssertMasterShowsAsync(environment, exports[^1], MooseFsRelease.V4, pairs);
    }

    private static async Task<(string File, int[] Least, int[] Most)> ExportAsync(MfsHaCluster cluster, PingPong[] pairs, string file, string format, MfsHaNode node)
    {
        var least = Array.ConvertAll(pairs, static p => p.Answered);
        var output = await cluster.AdminAsync(node, ["export-metadata", "--output", file, "--format", format], Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        var pause = Pause().Match(output);
        Assert.True(pause.Success, output);
        Assert.InRange(double.Parse(pause.Groups[1].Value, CultureInfo.InvariantCulture), 0, LongestPause);
        return (file, least, Array.ConvertAll(pairs, static p => p.Begun));
    }

    private static async Task AssertOneMomentAsync(PingPong[] pairs, string file, int[] least, int[] most)
    {
        var paths = (await MetadataDump.ReadAsync(MooseFsRelease.V4, file, Cancellation)).Paths();
        for (var i = 0; i < pairs.Length; i++)
        {
            var found = Below(paths, pairs[i].Name);
            var moment = Enumerable.Range(least[i], most[i] - least[i] + 1).FirstOrDefault(n => PingPong.After(n).SequenceEqual(found), -1);
            Assert.True(moment >= 0, $"{file}: {pairs[i].Name} is not as it was after any of its steps {least[i]}..{most[i]}; after the first of them\n{string.Join(' ', PingPong.After(least[i]))}\nin the file\n{string.Join(' ', found)}");
            Assert.True(most[i] > least[i], "nothing was done during the export");
        }
    }

    // Deeper than the eight directories, without their common beginning.
    private static List<string> Below(IEnumerable<string> paths, string name) =>
        [.. paths.Where(p => p.StartsWith(name + "/", StringComparison.Ordinal) && p.Count(static c => c == '/') == 2).Select(p => p[(name.Length + 1)..]).Order(StringComparer.Ordinal)];

    private static async Task AssertMasterShowsAsync(TestEnvironment environment, (string File, int[] Least, int[] Most) export, MooseFsRelease release, PingPong[] pairs)
    {
        var paths = (await MetadataDump.ReadAsync(MooseFsRelease.V4, export.File, Cancellation)).Paths();
        var master = await MfsMaster.CreateAsync(environment, release, export.File, name: $"master-{release}", cancellation: Cancellation);
        await master.StartAsync(Cancellation);
        var mount = await Mount.CreateAsync(environment, release, master.Endpoints[0], $"mount-{release}", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        foreach (var pair in pairs)
        {
            var root = Path.Combine(mount.Path, pair.Name);
            Assert.Equal(Below(paths, pair.Name), Directory.GetDirectories(root).SelectMany(Directory.GetFileSystemEntries).Select(e => Path.GetRelativePath(root, e)).Order(StringComparer.Ordinal));
            Directory.CreateDirectory(Path.Combine(root, "made later"));
        }

        await mount.StopAsync();
        Assert.True(await master.StopAsync(TimeSpan.FromSeconds(30)));
    }

    [GeneratedRegex("8 shards at one moment: changes were held up for ([0-9.]+) ms")]
    private static partial Regex Pause();
}

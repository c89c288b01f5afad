using System.Buffers.Binary;
using System.Globalization;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Chunks;

/// <summary>
/// Copies of chunks on real chunkservers: they follow goals and labels, lost ones are replaced, those of deleted files go, and nothing else does. Three mfsha nodes,
/// three chunkservers with the labels A, B, C, one mount.
/// </summary>
public abstract class CopyCareSuite(MooseFsRelease release)
{
    private const int Small = 300_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    // An unlinked file stays for a minute after the last one who had it open; closed sessions are ended every few seconds.
    private static readonly TimeSpan AfterUnlink = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_follow_goals_labels_losses_and_deletions()
    {
        await using var deployment = await Deployment.StartAsync(Plan(), Cancellation);
        var files = new ChunkFiles(deployment);
        await FollowGoalsAsync(deployment, files);
        await FollowLabelsAsync(deployment, files);
        await KeepUnknownChunksAsync(deployment, files);
        await RefillWipedDiskAsync(deployment, files);
        await SurviveLossOfLeaderAsync(deployment, files);
    }

    /// <summary>Mostly waiting, so that it is run with one release only.</summary>
    protected async Task RemoveUnlinkedAndReplaceLostAsync()
    {
        await using var deployment = await Deployment.StartAsync(Plan(), Cancellation);
        var files = new ChunkFiles(deployment);
        var unlinked = await UnlinkAsync(deployment, files);
        await Deadline.WaitAsync("the chunks of unlinked files are gone from all disks", AfterUnlink, () => unlinked.All(c => files.Holders(c).Length == 0), Cancellation);
        await ReplaceLostChunkServerAsync(deployment, files);
    }

    private DeploymentPlan Plan() => new DeploymentPlan(ServiceKind.MfsHa, release, release)
    {
        Mounts = 1,
        ChunkServers = 3,
        ServiceSettings = new Dictionary<string, string>
        {
            ["REPLICATIONS_DELAY_INIT"] = "1",
            ["CHUNKS_LOOP_MIN_TIME"] = "60",
            ["CHUNKS_WRITE_REP_LIMIT"] = "10,10,10,10,10",
            ["CHUNKS_READ_REP_LIMIT"] = "10,10,10,10,10",
        },
    };

    private static string PathOf(Deployment deployment, string name) => Path.Combine(deployment.Mounts[0].Path, name);

    private static async Task<string> FolderAsync(Deployment deployment, ChunkFiles files, string name, int goal)
    {
        var folder = Directory.CreateDirectory(PathOf(deployment, name)).FullName;
        await files.ToolAsync("mfssetsclass", Cancellation, goal.ToString(CultureInfo.InvariantCulture), folder);
        return folder;
    }

    private static string[] Write(string folder, int count)
    {
        string[] paths = [.. Enumerable.Range(0, count).Select(i => Path.Combine(folder, $"file{i}"))];
        for (var i = 0; i < count; i++)
        {
            Content.WriteFile(paths[i], (ulong)i, Small + i);
        }

        return paths;
    }

    private static void AssertContents(string[] paths)
    {
        for (var i = 0; i < paths.Length; i++)
        {
            Content.AssertFile(paths[i], (ulong)i, Small + i);
        }
    }

    private static async Task<ulong[]> ChunksOfAsync(ChunkFiles files, IEnumerable<string> paths)
    {
        var chunks = new List<ulong>();
        foreach (var path in paths)
        {
            chunks.AddRange(await files.ChunksOfAsync(path, Cancellation));
        }

        return [.. chunks];
    }

    private static Task CopiesAsync(string what, ChunkFiles files, IEnumerable<ulong> chunks, int count) =>
        Deadline.WaitAsync(what, Soon, () => chunks.All(c => files.Holders(c).Length == count), Cancellation);

    private static async Task<ulong[]> UnlinkAsync(Deployment deployment, ChunkFiles files)
    {
        var folder = await FolderAsync(deployment, files, "unlinked", 2);
        await files.ToolAsync(deployment.Plan.Mount == MooseFsRelease.V3 ? "mfssettrashtime" : "mfssettrashretention", Cancellation, "0", folder);
        var paths = Write(folder, 4);
        var chunks = await ChunksOfAsync(files, paths);
        Assert.Equal(4, chunks.Length);
        await CopiesAsync("new files have two copies", files, chunks, 2);
        Array.ForEach(paths, File.Delete);

        // A client goes on listing a file as open for up to ten rounds of a minute after it was closed. With its session that ends, too.
        await deployment.Mounts[0].StopAsync();
        await deployment.Mounts[0].StartAsync(Cancellation);
        return chunks;
    }

    private static async Task FollowGoalsAsync(Deployment deployment, ChunkFiles files)
    {
        var folder = await FolderAsync(deployment, files, "goals", 1);
        var paths = Write(folder, 5);
        var chunks = await ChunksOfAsync(files, paths);
        await CopiesAsync("goal 1", files, chunks, 1);
        foreach (var goal in (int[])[2, 3, 1])
        {
            await files.ToolAsync("mfssetsclass", Cancellation, "-r", goal.ToString(CultureInfo.InvariantCulture), folder);
            await CopiesAsync($"goal {goal}", files, chunks, goal);
            await Deadline.WaitAsync(
                $"mfsfileinfo shows goal {goal}", Soon, async _ => (await files.ValidCopiesAsync(paths[0], Cancellation)) is [var copies] && copies == goal, Cancellation);
            Assert.Matches($"\\b{goal} (full )?cop(y|ies)\\b[^\\n]*:\\s*1\\b", await files.ToolAsync("mfscheckfile", Cancellation, paths[0]));
        }

        AssertContents(paths);

        // Chunks that a file lets go of need no waiting for anybody who might have it open.
        using (var cut = new FileStream(paths[0], FileMode.Truncate))
        {
        }

        await CopiesAsync("the chunks of a cut file are gone", files, [chunks[0]], 0);
        Content.AssertFile(paths[1], 1, Small + 1);
    }

    private static async Task FollowLabelsAsync(Deployment deployment, ChunkFiles files)
    {
        string[] create = deployment.Plan.Mount == MooseFsRelease.V3 ? [deployment.Mounts[0].Path, "create"] : ["create", "-M", deployment.Mounts[0].Path];
        await files.ToolAsync("mfsscadmin", Cancellation, [.. create, "-K", "A,B", "onAB"]);
        await files.ToolAsync("mfsscadmin", Cancellation, [.. create, "-C", "B", "-K", "A,C", "toAC"]);
        var folder = Directory.CreateDirectory(PathOf(deployment, "labels")).FullName;
        await files.ToolAsync("mfssetsclass", Cancellation, "onAB", folder);
        var paths = Write(folder, 4);
        var chunks = await ChunksOfAsync(files, paths);
        Assert.All(chunks, c => Assert.Equal([0, 1], files.Holders(c)));
        await files.ToolAsync("mfssetsclass", Cancellation, "-r", "toAC", folder);
        await Deadline.WaitAsync("chunks move to A and C", Soon, () => chunks.All(c => files.Holders(c) is [0, 2]), Cancellation);
        var created = Path.Combine(folder, "created");
        Content.WriteFile(created, 77, Small);
        var moved = await files.ChunksOfAsync(created, Cancellation);
        await Deadline.WaitAsync("a chunk created on B moves to A and C", Soon, () => files.Holders(moved.Single()) is [0, 2], Cancellation);
        AssertContents(paths);
        Content.AssertFile(created, 77, Small);
    }

    private static async Task KeepUnknownChunksAsync(Deployment deployment, ChunkFiles files)
    {
        const ulong Stranger = 0xF4240;
        var server = deployment.ChunkServers[2];
        await server.Process.StopAsync();
        // Otherwise it would not look into the folders (3.0.117 and 4.x keep a list of chunks over a proper stop).
        File.Delete(Path.Combine(server.Disk, ".chunkdb"));
        var model = files.Files(2)[0];
        var bytes = await File.ReadAllBytesAsync(model, Cancellation);

        // "MFSC 1.0", chunk id, version (`mfschunkserver/hddspacemgr.c`).
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), Stranger);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), 1);
        var planted = Path.Combine(Path.GetDirectoryName(model)!, $"chunk_{Stranger:X16}_00000001.mfs");
        await File.WriteAllBytesAsync(planted, bytes, Cancellation);
        server.Start();
        await Deadline.WaitAsync(
            "the unknown chunk is noted", Soon, () => deployment.Cluster.Nodes.Any(n => File.ReadLines(LogOf(deployment, n.Id)).Any(static l => l.Contains("F4240", StringComparison.Ordinal))), Cancellation);
        var again = await FolderAsync(deployment, files, "after", 1);
        var paths = Write(again, 3);
        var chunks = await ChunksOfAsync(files, paths);
        await files.ToolAsync("mfssetsclass", Cancellation, "-r", "3", again);
        await CopiesAsync("others are looked after", files, chunks, 3);
        Assert.Equal([2], files.Holders(Stranger));
    }

    private static string LogOf(Deployment deployment, int node) => deployment.Environment.LogFile($"node{node}");

    private static async Task RefillWipedDiskAsync(Deployment deployment, ChunkFiles files)
    {
        var folder = await FolderAsync(deployment, files, "wiped", 3);
        var paths = Write(folder, 5);
        var chunks = await ChunksOfAsync(files, paths);
        await CopiesAsync("three copies before", files, chunks, 3);
        var server = deployment.ChunkServers[1];
        await server.Process.KillAsync();
        Directory.Delete(server.Disk, recursive: true);
        Directory.CreateDirectory(server.Disk);
        server.Start();
        await CopiesAsync("three copies after the disk was wiped", files, chunks, 3);
        AssertContents(paths);
    }

    private static async Task SurviveLossOfLeaderAsync(Deployment deployment, ChunkFiles files)
    {
        var more = await FolderAsync(deployment, files, "more", 1);
        var less = await FolderAsync(deployment, files, "less", 3);
        var (grown, shrunk) = (Write(more, 30), Write(less, 30));
        var (grownChunks, shrunkChunks) = (await ChunksOfAsync(files, grown), await ChunksOfAsync(files, shrunk));
        await CopiesAsync("three copies before", files, shrunkChunks, 3);
        await files.ToolAsync("mfssetsclass", Cancellation, "-r", "2", more);
        await files.ToolAsync("mfssetsclass", Cancellation, "-r", "1", less);
        var leader = await deployment.Cluster.LeaderOfAsync(0, Cancellation) ?? throw new InvalidOperationException("nobody leads");
        await leader.CrashAsync();
        await Deadline.WaitAsync(
            "another node leads", Soon, async _ => await deployment.Cluster.LeaderOfAsync(0, Cancellation) is { } next && next != leader, Cancellation);
        leader.Start();
        await leader.WaitReadyAsync(Cancellation);
        await CopiesAsync("copies were made in spite of it", files, grownChunks, 2);
        await CopiesAsync("copies were deleted in spite of it", files, shrunkChunks, 1);
        AssertContents(grown);
        AssertContents(shrunk);
    }

    private static async Task ReplaceLostChunkServerAsync(Deployment deployment, ChunkFiles files)
    {
        var folder = await FolderAsync(deployment, files, "lost", 2);
        var paths = Write(folder, 6);
        var chunks = await ChunksOfAsync(files, paths);
        await CopiesAsync("two copies before", files, chunks, 2);
        var lost = deployment.ChunkServers[0];
        await lost.Process.KillAsync();
        await Deadline.WaitAsync("all chunks are on the two that are left", Soon, () => chunks.All(c => files.On(1).Contains(c) && files.On(2).Contains(c)), Cancellation);
        var node = deployment.Cluster.Nodes[0];
        var cli = deployment.Environment.Observer.CommandLine(
            ["/usr/bin/mfscli", "-H", node.Host.Address.ToString(), "-P", "9421", $"-CRC/{lost.Host.Address}/9422"]);
        await Command.RunAsync(cli, Cancellation);
        await Deadline.WaitAsync("mfscli does not show it any more", Soon, async _ => !(await ServersAsync(deployment)).Contains(lost.Host.Address.ToString(), StringComparison.Ordinal), Cancellation);
        AssertContents(paths);
        await deployment.ChunkServers[1].Process.StopAsync();
        AssertContents(paths);
    }

    private static Task<string> ServersAsync(Deployment deployment) => Command.RunAsync(
        deployment.Environment.Observer.CommandLine(["/usr/bin/mfscli", "-p", "-n", "-H", deployment.Cluster.Nodes[1].Host.Address.ToString(), "-P", "9421", "-SCS"]), Cancellation);
}

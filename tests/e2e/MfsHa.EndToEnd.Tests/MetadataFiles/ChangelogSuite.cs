using MfsHa.EndToEnd.Tests.Differential.Operations;
using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.FileAgent;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>
/// A real mfsmaster dies after it has stored its metadata and made many changes: what the import makes of its file and its changelogs is what the same mfsmaster makes of them. What cannot be replayed, or
/// is missing, is refused with its place, and nothing is imported.
/// </summary>
public abstract class ChangelogSuite(ServiceKind service, MooseFsRelease release)
{
    private const long Chunk = 64L << 20;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Format => release == MooseFsRelease.V3 ? "3.0" : "4.x";

    [Fact]
    public async Task Changes_behind_the_stored_metadata_are_replayed_as_its_mfsmaster_replays_them()
    {
        await using var deployment = await Deployment.StartAsync(
            new DeploymentPlan(service, release, release) { Mounts = 1, Caching = CachePolicy.None, ServiceSettings = RealMasters.LeaveTimes }, Cancellation);
        var master = (MfsMaster)deployment.Service;
        var mount = deployment.Mounts[0];
        Prepare(mount.Path);
        Assert.True(await master.StopAsync(Soon));
        await master.StartAsync(Cancellation);
        await Deadline.WaitAsync("the client is connected again", Soon, () => P.Exists(Path.Combine(mount.Path, "before/file0")), Cancellation);
        Change(mount.Path);

        // By a process of its own: when a program is started, this one closes in the child what it has open, which asks the mfsmaster; and here programs are started after its death.
        await using var holder = new FileAgentProcess();
        try
        {
            await HoldAsync(holder, mount.Path);
            await RunToolsAsync(mount);
            var cluster = await MfsHaCluster.CreateAsync(deployment.Environment, settings: RealMasters.LeaveTimes, cancellation: Cancellation);
            var running = await RealMasters.ImportAsync(cluster.Nodes[0], Path.Combine(master.DataFolder, "metadata.mfs.back"), Cancellation);
            Assert.Contains($"an mfsmaster runs in {master.DataFolder} (process {master.Process.Id})", running.Error, StringComparison.Ordinal);
            await master.Process.KillAsync();

            var crashed = Copy(deployment.Environment.CreateFolder("crashed"), master.DataFolder);
            var restored = await RestoreAsync(deployment, crashed);
            await RefuseAsync(deployment, cluster.Nodes[0], crashed);
            var (said, exported) = await RealMasters.ImportAndExportAsync(cluster, Path.Combine(crashed, "metadata.mfs.back"), deployment.Environment.CreateFolder("exported"), Format, Cancellation);
            Assert.Contains("changes replayed from changelogs: ", said, StringComparison.Ordinal);
            TestContext.Current.TestOutputHelper?.WriteLine(said);
            RealMasters.AssertNone((await MetadataDump.ReadAsync(release, restored, Cancellation)).Differences(await MetadataDump.ReadAsync(release, exported, Cancellation), ignored: null));
        }
        finally
        {
            // Its mfsmaster is dead: closing what is held would wait for it, and so would the end of the process that holds it.
            await mount.Process.KillAsync();
        }
    }

    private static string At(string root, string name) => Path.Combine(root, name);

    private static void Prepare(string root)
    {
        P.MakeDirectory(At(root, "before"));
        P.MakeDirectory(At(root, "before/inner"));
        for (var i = 0; i < 40; i++)
        {
            Content.WriteFile(At(root, $"before/file{i}"), (ulong)i, 1000 * i);
        }

        Content.WriteFile(At(root, "before/two chunks"), 1, Chunk + 5000);
    }

    // What clients do every day.
    private static void Change(string root)
    {
        P.MakeDirectory(At(root, "after"));
        P.MakeDirectory(At(root, "after/inner"), 0x3FF);
        for (var i = 0; i < 60; i++)
        {
            Content.WriteFile(At(root, $"after/file {i}, %"), (ulong)i, i * 700);
        }

        P.Symlink("../before/file1", At(root, "after/link"));
        P.MakeNode(At(root, "after/fifo"), FileKind.Fifo, 0x1A4);
        P.MakeNode(At(root, "after/block"), FileKind.BlockDevice, 0x180, (8, 17));
        P.Link(At(root, "before/file1"), At(root, "after/hard link"));
        P.Link(At(root, "after/file 3, %"), At(root, "before/hard link"));
        P.Rename(At(root, "before/file2"), At(root, "after/moved"));
        P.Rename(At(root, "before/file3"), At(root, "before/file4"));
        P.Rename(At(root, "before/inner"), At(root, "after/inner/deeper"));
        for (var i = 5; i < 15; i++)
        {
            P.Unlink(At(root, $"before/file{i}"));
        }

        P.Unlink(At(root, "after/hard link"));
        P.MakeDirectory(At(root, "after/gone"));
        P.RemoveDirectory(At(root, "after/gone"));
        P.ChangeMode(At(root, "before/file16"), 0x1C0);
        P.ChangeOwner(At(root, "before/file17"), 1234, 56);
        P.SetTimes(At(root, "before/file18"), 1_000_000_000, 1_100_000_000);
        P.Truncate(At(root, "before/file19"), 100);
        P.Truncate(At(root, "before/two chunks"), Chunk - 1000);
        P.Truncate(At(root, "before/file20"), 5 * Chunk);
        P.SetAttribute(At(root, "before/file21"), "user.a", "one"u8);
        P.SetAttribute(At(root, "before/file21"), "user.b", [0, 1, 44, 37, 41, 255]);
        P.RemoveAttribute(At(root, "before/file21"), "user.a");
        var access = new AclEntries(('U', uint.MaxValue, 6), ('u', 1000, 4), ('G', uint.MaxValue, 4), ('m', uint.MaxValue, 6), ('o', uint.MaxValue, 0));
        P.SetAttribute(At(root, "before/file22"), "system.posix_acl_access", access.ToBytes());
        P.SetAttribute(At(root, "after/inner"), "system.posix_acl_default", access.ToBytes());
        Content.WriteFile(At(root, "after/inner/heir"), 5, 10);
        P.ChangeMode(At(root, "before/file22"), 0x1F8);
        using (var sparse = new PosixFile(At(root, "after/sparse"), OpenFlags.ReadWrite | OpenFlags.Create))
        {
            Content.Write(sparse, 3, 0, 1000);
            Content.Write(sparse, 4, 3 * Chunk, 1000);
        }

        using (var old = new PosixFile(At(root, "before/file23"), OpenFlags.ReadWrite))
        {
            Content.Write(old, 6, 10, 50_000);
        }
    }

    // What is open and locked when the mfsmaster dies: one file without a name, one with a lock as a whole, one with locks on ranges.
    private static async Task HoldAsync(FileAgentProcess holder, string root)
    {
        const int Unlinked = 1, Whole = 2, Ranges = 3;
        AgentRequest[] calls =
        [
            new(AgentCall.Open, At(root, "before/file24"), Handle: Unlinked),
            new(AgentCall.Unlink, At(root, "before/file24")),
            new(AgentCall.Open, At(root, "before/file25"), Handle: Whole),
            new(AgentCall.LockOpen, "", Handle: Whole),
            new(AgentCall.Open, At(root, "before/file26"), Handle: Ranges),
            new(AgentCall.LockRange, "", Handle: Ranges, Number: 10, Length: 20),
            new(AgentCall.LockRange, "", Handle: Ranges, Number: 50, Length: 5),
            new(AgentCall.UnlockRange, "", Handle: Ranges, Number: 12, Length: 3),
        ];
        foreach (var call in calls)
        {
            await holder.CallAsync(call, Cancellation);
        }
    }

    private async Task RunToolsAsync(Mount mount)
    {
        var retention = release == MooseFsRelease.V3 ? "mfssettrashtime" : "mfssettrashretention";
        await ToolAsync(mount, retention, "-r", "7200", At(mount.Path, "after"));
        await ToolAsync(mount, "mfsseteattr", "-f", "noowner", At(mount.Path, "after/inner"));
        await ToolAsync(mount, "mfssetsclass", "-r", "3", At(mount.Path, "after"));
        await ToolAsync(mount, "mfssetquota", "-i", "1000", "-L", "2000000000", At(mount.Path, "before"));
        Content.WriteFile(At(mount.Path, "after/in class 3"), 9, 100_000);
    }

    private static Task<string> ToolAsync(Mount mount, string name, params string[] arguments) =>
        Command.RunAsync(mount.Host.CommandLine(mount.Release.Tool(name, arguments)), Cancellation);

    private async Task<string> RestoreAsync(Deployment deployment, string crashed)
    {
        var master = await MfsMaster.CreateAsync(deployment.Environment, release, name: "restores", cancellation: Cancellation);
        File.Delete(Path.Combine(master.DataFolder, "metadata.mfs"));
        Copy(master.DataFolder, crashed);
        await master.RestoreAsync(Cancellation);
        return Path.Combine(master.DataFolder, "metadata.mfs");
    }

    private static async Task RefuseAsync(Deployment deployment, MfsHaNode node, string crashed)
    {
        // The one with most of the changes, also when a new one was begun at the full hour.
        var last = Directory.GetFiles(crashed, "changelog*.mfs").MaxBy(static f => new FileInfo(f).Length)!;
        var lines = await File.ReadAllLinesAsync(last, Cancellation);
        await RefuseAsync(deployment, node, crashed, "unknown", Path.GetFileName(last), [.. lines[..^1], lines[^1].Replace("|", "|NEWS(1)", StringComparison.Ordinal)], "(NEWS) cannot be replayed exactly: this operation is not known here");
        await RefuseAsync(deployment, node, crashed, "hole", Path.GetFileName(last), [.. lines[..^3], .. lines[^2..]], "are missing");
        await RefuseAsync(deployment, node, crashed, "other", Path.GetFileName(last), [.. lines[..^1], $"{lines[^1].Split(':')[0]}: 1|UNLINK(1,nothing):7"], "cannot be replayed exactly");
    }

    private static async Task RefuseAsync(Deployment deployment, MfsHaNode node, string crashed, string name, string changelog, string[] lines, string expected)
    {
        var folder = Copy(deployment.Environment.CreateFolder(name), crashed);
        await File.WriteAllLinesAsync(Path.Combine(folder, changelog), lines, Cancellation);
        var result = await RealMasters.ImportAsync(node, Path.Combine(folder, "metadata.mfs.back"), Cancellation);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder, changelog), result.Error, StringComparison.Ordinal);
        Assert.Equal([".mfsha.lock"], Directory.GetFiles(node.DataFolder, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    private static string Copy(string target, string source)
    {
        foreach (var file in Directory.GetFiles(source).Where(static f => Path.GetFileName(f) is ['m', 'e', 't', 'a', ..] or ['c', 'h', 'a', 'n', ..]))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        return target;
    }
}

using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Demo;

/// <summary><c>mfsha demo</c>, the first thing that a user sees.</summary>
public sealed class DemoTests
{
    private const string Killed = "kill -9 of node";
    private static readonly string[] ToolsWithoutMooseFs = ["ip", "nsenter", "setsid", "sh"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_round_ends_with_a_verdict_and_leaves_nothing()
    {
        await using var demo = DemoRun.Start([]);
        var exitCode = await demo.ExitCodeAsync(Cancellation);
        Assert.True(exitCode == 0, demo.Output);
        Assert.Contains(Killed, demo.Output, StringComparison.Ordinal);
        Assert.Contains("3 replicas agree", demo.Output, StringComparison.Ordinal);
        Assert.Matches(@"VERDICT: OK, [\d,]+ acknowledged names and files are there, all replicas agree; stall \d+ ms\s*$", demo.Output);
        Assert.Empty(demo.Remains());
    }

    [Theory]
    [InlineData("INT", Killed, 130)]
    [InlineData("TERM", "three nodes form a cluster", 143)]
    public async Task Signal_half_way_cleans_up(string signal, string moment, int expected)
    {
        await using var demo = DemoRun.Start([]);
        await demo.WaitForAsync(moment, Cancellation);
        await demo.SendAsync(signal, Cancellation);
        Assert.Equal(expected, await demo.ExitCodeAsync(Cancellation));
        Assert.Contains($"ENDED by SIG{signal}", demo.Output, StringComparison.Ordinal);
        Assert.Empty(demo.Remains());
    }

    [Fact]
    public async Task Kept_demo_can_be_used_and_ended()
    {
        await using var demo = DemoRun.Start(["--keep"]);
        Assert.True(await demo.ExitCodeAsync(Cancellation) == 0, demo.Output);
        var folder = Assert.Single(Directory.GetDirectories(demo.Directory));
        var mount = Path.Combine(folder, "mount");
        await File.WriteAllTextAsync(Path.Combine(mount, "mine"), "still here", Cancellation);
        Assert.Equal("still here", await File.ReadAllTextAsync(Path.Combine(mount, "mine"), Cancellation));
        var status = await Command.RunAsync([Path.Combine(folder, "on"), "mount", MfsHaPrograms.Admin, "status", "--host", "10.99.0.2"], Cancellation);
        Assert.Contains("Nodes: 3/3 online", status, StringComparison.Ordinal);
        await Command.RunAsync([MfsHaPrograms.Node, "demo", "--stop", folder], Cancellation);
        Assert.Empty(demo.Remains());
    }

    [Fact]
    public async Task Without_mfsmount_it_says_how_to_get_it()
    {
        var programs = Directory.CreateTempSubdirectory("mfsha-demo-path");
        try
        {
            foreach (var tool in ToolsWithoutMooseFs)
            {
                File.CreateSymbolicLink(Path.Combine(programs.FullName, tool), (await Command.RunAsync(["which", tool], Cancellation)).Trim());
            }
            await using var demo = DemoRun.Start([], new Dictionary<string, string> { ["PATH"] = programs.FullName });
            Assert.Equal(2, await demo.ExitCodeAsync(Cancellation));
            Assert.Contains("mfsmount", demo.Output, StringComparison.Ordinal);
            Assert.Contains("apt-get install moosefs-client", demo.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("iproute2", demo.Output, StringComparison.Ordinal);
            Assert.Empty(demo.Remains());
        }
        finally
        {
            programs.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Folder_that_is_no_demo_is_not_removed()
    {
        var folder = Directory.CreateTempSubdirectory("mfsha-other");
        try
        {
            var result = await Command.TryRunAsync([MfsHaPrograms.Node, "demo", "--stop", folder.FullName], cancellation: Cancellation);
            Assert.Equal(2, result.ExitCode);
            Assert.True(Directory.Exists(folder.FullName));
        }
        finally
        {
            folder.Delete();
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MfsHa.Testbed;
using MfsHa.Testbed.MooseFs;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Environments;

/// <summary>The ground that all other tests stand on.</summary>
public sealed class TestEnvironmentTests
{
    private const int Port = 7000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(700);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_that_is_cut_off_is_reached_by_nobody_until_it_is_back()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var host = await environment.Network.AddHostAsync("server", Cancellation);
        using var listener = await host.Namespace.CreateSocketAsync();
        listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        listener.Listen();
        Assert.True(await ReachesAsync(environment.Observer, host));
        await host.CutOffAsync(Cancellation);
        Assert.False(await ReachesAsync(environment.Observer, host));
        await host.ReconnectAsync(Cancellation);
        await Deadline.WaitAsync("the host is back", Limit, async _ => await ReachesAsync(environment.Observer, host), Cancellation);
    }

    [Fact]
    public async Task Networks_of_two_environments_do_not_meet()
    {
        await using var one = await TestEnvironment.CreateAsync(Cancellation);
        await using var two = await TestEnvironment.CreateAsync(Cancellation);
        var host = await one.Network.AddHostAsync("server", Cancellation);
        using var listener = await host.Namespace.CreateSocketAsync();
        listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        listener.Listen();
        Assert.True(await ReachesAsync(one.Observer, host));
        Assert.False(await ReachesAsync(two.Observer, host));
    }

    [Fact]
    public async Task Stopped_process_stays_until_it_is_continued_and_is_gone_after_disposal()
    {
        var environment = await TestEnvironment.CreateAsync(Cancellation);
        var process = ManagedProcess.Start(environment.Observer, "sleep", environment.LogFile("sleep"), ["sleep", "1000"]);
        process.Send(Signal.Stop);
        await Deadline.WaitAsync("the process is stopped", Limit, () => State(process.Id) == 'T', Cancellation);
        process.Send(Signal.Continue);
        await Deadline.WaitAsync("the process goes on", Limit, () => State(process.Id) == 'S', Cancellation);
        await environment.DisposeAsync();
        Assert.True(process.HasExited || State(process.Id) is null);
    }

    [Fact]
    public async Task Nothing_is_left_after_disposal()
    {
        var environment = await TestEnvironment.CreateAsync(Cancellation);
        var name = Path.GetFileName(environment.Folder);
        var master = await MfsMaster.CreateAsync(environment, MooseFsRelease.V4, cancellation: Cancellation);
        await master.StartAsync(Cancellation);
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, master.Endpoints[0], "mount", cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        Assert.True(MountTable.Contains(mount.Path));
        var processes = new[] { master.Process.Id, mount.Process.Id };
        await environment.DisposeAsync();
        Assert.False(MountTable.Contains(mount.Path));
        Assert.False(Directory.Exists(environment.Folder));
        Assert.Empty(Directory.GetFiles(NetworkNamespace.Folder, $"{name}-*"));
        Assert.All(processes, static id => Assert.Null(State(id)));
    }

    [Fact]
    public async Task Leftovers_of_a_killed_run_are_swept()
    {
        // A process that ended names an owner for what it would have left behind.
        using var owner = Process.Start("true");
        await owner.WaitForExitAsync(Cancellation);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Leftovers.Prefix}-{owner.Id}.1-1");
        var folder = Directory.CreateDirectory(Path.Combine(Leftovers.BaseFolder, name)).FullName;
        await Command.RunAsync(["ip", "netns", "add", $"{name}-hub"], Cancellation);
        await Command.RunAsync(["mount", "-t", "tmpfs", "none", folder], Cancellation);
        using var orphan = Process.Start("nsenter", [$"--net={NetworkNamespace.Folder}/{name}-hub", "sleep", "1000"]);
        await Deadline.WaitAsync("the orphan runs", Limit, () => File.ReadAllText($"/proc/{orphan.Id}/comm").Trim() == "sleep", Cancellation);
        await Leftovers.SweepAsync(Cancellation);
        Assert.False(Directory.Exists(folder));
        Assert.False(File.Exists($"{NetworkNamespace.Folder}/{name}-hub"));
        await orphan.WaitForExitAsync(Cancellation).WaitAsync(Limit, Cancellation);
    }

    private static async Task<bool> ReachesAsync(Host from, Host to)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(ConnectLimit);
        try
        {
            using var socket = await from.ConnectAsync(new IPEndPoint(to.Address, Port), limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    // proc(5): the state letter follows the name in parentheses; null if there is no such process.
    private static char? State(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }
}

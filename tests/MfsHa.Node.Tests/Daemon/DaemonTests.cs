using System.Diagnostics;
using System.Globalization;

namespace MfsHa.Node.Tests.Daemon;

public sealed class DaemonTests : IDisposable
{
    private readonly NodeUnderTest _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task A_started_node_runs_without_a_terminal_until_it_is_stopped()
    {
        (int started, _, string messages) = await _node.RunAsync("start");
        Assert.True(started == 0, messages);
        int pid = _node.Pid!.Value;
        string[] stat = (await File.ReadAllTextAsync($"/proc/{pid}/stat", TestContext.Current.CancellationToken)).Split(' ');
        Assert.Equal(pid.ToString(CultureInfo.InvariantCulture), stat[5]);
        Assert.All([0, 1, 2], fd => Assert.Equal("/dev/null", new FileInfo($"/proc/{pid}/fd/{fd}").LinkTarget));

        (int tested, _, string says) = await _node.RunAsync("test");
        Assert.Equal((0, $"mfsha pid: {pid}\n"), (tested, says));

        Assert.Equal(0, (await _node.RunAsync("stop")).ExitCode);
        Assert.Null(_node.Pid);
        Assert.Equal(["start", "stop"], _node.Events);
        await NodeUnderTest.UntilAsync(() => !Directory.Exists($"/proc/{pid}"), "the process is gone");
    }

    [Fact]
    public async Task Without_an_action_the_node_is_started()
    {
        Assert.Equal(0, (await _node.RunAsync()).ExitCode);
        Assert.NotNull(_node.Pid);
    }

    [Fact]
    public async Task A_second_start_is_refused_and_leaves_the_first_alone()
    {
        await _node.RunAsync("start");
        int pid = _node.Pid!.Value;
        (int exitCode, _, string error) = await _node.RunAsync("start");
        Assert.Equal(1, exitCode);
        Assert.Contains($"process {pid}", error, StringComparison.Ordinal);
        Assert.Equal(pid, _node.Pid);
        Assert.Equal(["start"], _node.Events);
    }

    [Theory]
    [InlineData("fails", "this node fails on purpose")]
    [InlineData("crashes", "this node crashes on purpose")]
    public async Task A_node_that_cannot_start_says_why_to_whoever_started_it(string how, string reason)
    {
        _node.Configure($"INSTANCE_NAME = {how}");
        (int exitCode, _, string error) = await _node.RunAsync("start");
        Assert.Equal(1, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Null(_node.Pid);
    }

    [Fact]
    public async Task A_wrong_configuration_is_refused_with_all_its_errors()
    {
        _node.Configure("MFSHA_PORT = x", "HA_SHARD_COUNT = 0");
        (int exitCode, _, string error) = await _node.RunAsync("start");
        Assert.Equal(1, exitCode);
        Assert.Contains(":4: MFSHA_PORT", error, StringComparison.Ordinal);
        Assert.Contains(":5: HA_SHARD_COUNT", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_exports_a_node_does_not_start()
    {
        _node.Export("# nothing");
        (int exitCode, _, string error) = await _node.RunAsync("start");
        Assert.Equal(1, exitCode);
        Assert.Contains("mfsexports.cfg: EXPORTS_FILENAME: expected at least one usable line", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_runs_only_stop_succeeds()
    {
        Assert.Equal(0, (await _node.RunAsync("stop")).ExitCode);
        Assert.Equal(1, (await _node.RunAsync("test")).ExitCode);
        Assert.Equal(1, (await _node.RunAsync("reload")).ExitCode);
        Assert.Equal(1, (await _node.RunAsync("info")).ExitCode);
    }

    [Fact]
    public async Task A_restart_replaces_the_process_and_starts_where_none_was()
    {
        Assert.Equal(0, (await _node.RunAsync("restart")).ExitCode);
        int first = _node.Pid!.Value;
        Assert.Equal(0, (await _node.RunAsync("restart")).ExitCode);
        Assert.NotEqual(first, _node.Pid);
        Assert.Equal(["start", "stop", "start"], _node.Events);
    }

    [Fact]
    public async Task After_kill_9_a_node_starts_again()
    {
        await _node.RunAsync("start");
        using (Process process = Process.GetProcessById(_node.Pid!.Value))
        {
            process.Kill();
        }

        await NodeUnderTest.UntilAsync(() => _node.Pid is null, "the lock is free");
        Assert.Equal(1, (await _node.RunAsync("test")).ExitCode);
        Assert.Equal(0, (await _node.RunAsync("start")).ExitCode);
    }

    [Fact]
    public async Task Info_prints_state_and_configuration()
    {
        _node.Configure("MFSHA_REGION = north", "AUTH_CODE = hush");
        await _node.RunAsync("start");
        (int exitCode, string output, _) = await _node.RunAsync("info");
        Assert.Equal(0, exitCode);
        Assert.Contains("all is well", output, StringComparison.Ordinal);
        Assert.Contains("MFSHA_REGION = north  (", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_takes_over_what_may_change_and_names_what_may_not()
    {
        await _node.RunAsync("start");
        _node.Configure("MFSHA_LOG_LEVEL = debug", "MFSHA_ADMIN_PORT = 9999");
        _node.Export("* /new rw");
        Assert.Equal(0, (await _node.RunAsync("reload")).ExitCode);
        await NodeUnderTest.UntilAsync(() => _node.Events.Length == 2, "reloaded");
        Assert.Equal("reload Debug 9431 /new", _node.Events[1]);
        await NodeUnderTest.UntilAsync(() => _node.Log.Contains("MFSHA_ADMIN_PORT stays 9431: a change needs a restart", StringComparison.Ordinal), "the log says it");
        Assert.Contains("MFSHA_LOG_LEVEL is now debug", _node.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_reload_changes_nothing()
    {
        await _node.RunAsync("start");
        _node.Configure("MFSHA_LOG_LEVEL = debug", "HA_GOSSIP_INTERVAL = 1d");
        (int exitCode, _, string error) = await _node.RunAsync("reload");
        Assert.Equal(1, exitCode);
        Assert.Contains("HA_GOSSIP_INTERVAL: expected time", error, StringComparison.Ordinal);

        // The signal alone comes without that look at the file.
        await SignalAsync("HUP", _node.Pid!.Value);
        await NodeUnderTest.UntilAsync(() => _node.Log.Contains("reload refused", StringComparison.Ordinal), "the log says it");
        Assert.Contains("HA_GOSSIP_INTERVAL: expected time", _node.Log, StringComparison.Ordinal);
        Assert.Equal(["start"], _node.Events);
    }

    [Fact]
    public async Task Exports_that_are_gone_are_kept_by_a_reload()
    {
        await _node.RunAsync("start");
        _node.Configure("EXPORTS_FILENAME = /nonexistent/mfsexports.cfg");
        await _node.RunAsync("reload");
        await NodeUnderTest.UntilAsync(() => _node.Log.Contains("reload refused", StringComparison.Ordinal), "the log says it");
        Assert.Equal(["start"], _node.Events);
    }

    [Fact]
    public async Task A_node_can_be_found_and_stopped_with_a_broken_configuration()
    {
        await _node.RunAsync("start");
        _node.Configure("nonsense");
        Assert.Equal(0, (await _node.RunAsync("test")).ExitCode);
        Assert.Equal(0, (await _node.RunAsync("info")).ExitCode);
        Assert.Equal(1, (await _node.RunAsync("restart")).ExitCode);
        Assert.NotNull(_node.Pid);
        Assert.Equal(0, (await _node.RunAsync("stop")).ExitCode);
    }

    [Fact]
    public async Task A_log_that_was_moved_away_is_begun_anew_by_a_reload()
    {
        await _node.RunAsync("start");
        File.Move(_node.LogFile, _node.LogFile + ".old");
        await _node.RunAsync("reload");
        await NodeUnderTest.UntilAsync(() => File.Exists(_node.LogFile) && _node.Log.Contains("reloaded", StringComparison.Ordinal), "the new log has the message");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task In_the_foreground_a_signal_stops_the_node_in_order(string signal)
    {
        using Process process = _node.Begin("-f", "start");
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await NodeUnderTest.UntilAsync(() => _node.Events.Length == 1, "started");
        Assert.Equal(process.Id, _node.Pid);
        await SignalAsync(signal, process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(["start", "stop"], _node.Events);
        Assert.Contains("told to stop", await error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_cannot_go_on_ends_with_exit_code_1_and_says_why()
    {
        _node.Configure("INSTANCE_NAME = fails later");
        (int exitCode, _, string error) = await _node.RunAsync("-f");
        Assert.Equal(1, exitCode);
        Assert.Contains("the disk failed on purpose", error, StringComparison.Ordinal);
        Assert.Equal(["start", "stop"], _node.Events);
    }

    [Fact]
    public async Task A_node_started_by_root_becomes_the_working_user_and_gives_it_the_data()
    {
        Assert.SkipUnless(Environment.UserName == "root", "needs root");
        _node.Configure("WORKING_USER = nobody", "NICE_LEVEL = 5");
        (int exitCode, _, string error) = await _node.RunAsync("start");
        Assert.True(exitCode == 0, error);
        int pid = _node.Pid!.Value;
        string nobody = (await File.ReadAllLinesAsync("/etc/passwd", TestContext.Current.CancellationToken)).First(l => l.StartsWith("nobody:", StringComparison.Ordinal)).Split(':')[2];
        Assert.Equal([nobody, nobody, nobody, nobody], NodeUnderTest.StatusOf(pid, "Uid").Split('\t'));
        Assert.DoesNotContain("0", NodeUnderTest.StatusOf(pid, "Groups").Split(' '));
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
        {
            Assert.Equal("5", (await File.ReadAllTextAsync(thread + "/stat", TestContext.Current.CancellationToken)).Split(") ")[1].Split(' ')[16]);
        }

        // It can still be controlled by root, and write its files.
        Assert.Equal(0, (await _node.RunAsync("reload")).ExitCode);
        Assert.Equal(0, (await _node.RunAsync("info")).ExitCode);
        Assert.Equal(0, (await _node.RunAsync("stop")).ExitCode);
        using Process find = Process.Start(new ProcessStartInfo("find", [_node.DataPath, "!", "-user", "nobody"]) { RedirectStandardOutput = true })!;
        Assert.Equal("", await find.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_directory_of_somebody_else_is_not_taken_over()
    {
        Assert.SkipUnless(Environment.UserName == "root", "needs root");
        Directory.CreateDirectory(Path.Combine(_node.DataPath, "precious"));
        _node.Configure("WORKING_USER = nobody");
        (int exitCode, _, string error) = await _node.RunAsync("start");
        Assert.Equal(1, exitCode);
        Assert.Contains("it has contents of somebody else", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("begin")]
    [InlineData("start", "stop")]
    public async Task A_wrong_command_line_is_refused(params string[] arguments) => Assert.Equal(1, (await _node.RunAsync(arguments)).ExitCode);

    [Fact]
    public async Task The_reference_of_all_keys_can_be_printed()
    {
        (int exitCode, string output, _) = await _node.RunAsync("--help-config");
        Assert.Equal((0, MfsHa.Node.Configuration.ConfigurationReference.ToMarkdown()), (exitCode, output));
    }

    private static async Task SignalAsync(string signal, int pid)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}

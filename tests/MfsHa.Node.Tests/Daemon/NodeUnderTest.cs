using System.Diagnostics;
using System.Globalization;
using MfsHa.Node.Daemon;

namespace MfsHa.Node.Tests.Daemon;

/// <summary>Runs this program as <c>mfsha</c> with a directory and a configuration of its own.</summary>
internal sealed class NodeUnderTest : IDisposable
{
    public const string ProgramArgument = "mfsha";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);
    private readonly string _directory = Directory.CreateTempSubdirectory("mfsha-daemon").FullName;

    public NodeUnderTest()
    {
        // The working user must get through to the data.
        File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        Export("* / rw");
        Configure();
    }

    public string DataPath => Path.Combine(_directory, "data");

    public string LogFile => Path.Combine(DataPath, "log", "mfsha.log");

    public string Log => File.ReadAllText(LogFile);

    public string[] Events => File.Exists(Path.Combine(DataPath, "events")) ? File.ReadAllLines(Path.Combine(DataPath, "events")) : [];

    public int? Pid => LockFile.FindOwner(DataPath);

    private string ConfigurationFile => Path.Combine(_directory, "mfsha.cfg");

    public void Export(string text)
    {
        File.WriteAllText(Path.Combine(_directory, "mfsexports.cfg"), text);
        File.SetUnixFileMode(Path.Combine(_directory, "mfsexports.cfg"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
    }

    public void Configure(params string[] lines)
    {
        string[] basis =
        [
            $"DATA_PATH = {DataPath}",
            $"EXPORTS_FILENAME = {_directory}/mfsexports.cfg",
            $"WORKING_USER = {Environment.UserName}",
        ];
        File.WriteAllLines(ConfigurationFile, basis.Concat(lines));
        File.SetUnixFileMode(ConfigurationFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
    }

    /// <summary>Runs one command line to its end. The outputs are read to their ends, too: a daemon that keeps them open is found out.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using Process process = Begin(arguments);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(_limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Begins a command line.</summary>
    public Process Begin(params string[] arguments) => Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, [ProgramArgument, "-c", ConfigurationFile, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < _limit, "not so in time: " + what);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A field of /proc/PID/status.</summary>
    public static string StatusOf(int pid, string field) =>
        File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    public void Dispose()
    {
        if (Pid is { } pid and > 0)
        {
            using Process process = Process.GetProcessById(pid);
            process.Kill();
            process.WaitForExit();
        }

        Directory.Delete(_directory, recursive: true);
    }
}

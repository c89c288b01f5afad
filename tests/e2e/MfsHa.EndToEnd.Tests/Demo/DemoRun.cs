using System.Diagnostics;
using System.Globalization;
using System.Text;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Demo;

/// <summary>An <c>mfsha demo</c> in a process of its own, its output in a pipe, its folder in one that nobody else uses.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly Process process;
    private readonly StringBuilder output = new();

    private DemoRun(Process process, string directory)
    {
        this.process = process;
        Directory = directory;
        process.OutputDataReceived += Collect;
        process.ErrorDataReceived += Collect;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What <c>--directory</c> names.</summary>
    public string Directory { get; }

    /// <summary>Both streams, so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public static DemoRun Start(string[] arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("mfsha-demo-test").FullName;
        var start = new ProcessStartInfo(MfsHaPrograms.Node, ["demo", "--directory", directory, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }
        return new DemoRun(Process.Start(start)!, directory);
    }

    public Task WaitForAsync(string text, CancellationToken cancellation)
        => Deadline.WaitAsync($"the demo says '{text}'", Limit, () =>
        {
            if (process.HasExited)
            {
                Assert.Fail($"the demo ended with {process.ExitCode} before it said '{text}':\n{Output}");
            }
            return Output.Contains(text, StringComparison.Ordinal);
        }, cancellation);

    public async Task SendAsync(string signal, CancellationToken cancellation)
        => await Command.RunAsync(["kill", $"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)], cancellation);

    public async Task<int> ExitCodeAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation).WaitAsync(Limit, cancellation);
        return process.ExitCode;
    }

    /// <summary>The demo's namespaces, mounts, processes and folders that are there now.</summary>
    public IReadOnlyList<string> Remains() =>
    [
        .. NetworkNamespace.All().Where(name => name.StartsWith($"mfsha-demo-{process.Id}.", StringComparison.Ordinal)).Select(static name => $"namespace {name}"),
        .. MountTable.Below(Directory).Select(static mount => $"mount {mount}"),
        .. System.IO.Directory.GetFileSystemEntries(Directory).Select(static entry => $"folder {entry}"),
        .. System.IO.Directory.GetDirectories("/proc").Where(IsOurs).Select(static folder => $"process {Path.GetFileName(folder)}"),
    ];

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        foreach (var folder in System.IO.Directory.GetDirectories(Directory))
        {
            await SandboxSweep.RemoveAsync(folder);
        }
        System.IO.Directory.Delete(Directory);
        process.Dispose();
    }

    private bool IsOurs(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(Directory, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // No process, or it ended meanwhile.
            return false;
        }
    }

    private void Collect(object sender, DataReceivedEventArgs line)
    {
        lock (output)
        {
            output.AppendLine(line.Data);
        }
    }
}

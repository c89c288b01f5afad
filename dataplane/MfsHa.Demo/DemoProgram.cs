using MfsHa.Demo.Cluster;
using MfsHa.Demo.Keeping;
using MfsHa.Demo.Load;
using MfsHa.Demo.Model;
using MfsHa.Demo.Phases;
using MfsHa.Demo.Requirements;
using MfsHa.Demo.View;
using MfsHa.Playground;
using MfsHa.Playground.MooseFs;
using Spectre.Console;

namespace MfsHa.Demo;

/// <summary>One run of <c>mfsha demo</c> from the look at the machine to the verdict; whatever happens, it cleans up.</summary>
public sealed class DemoProgram(DemoOptions options, string program)
{
    /// <summary>Folders and namespaces of the demo are called so.</summary>
    public const string Prefix = "mfsha-demo";

    private readonly TimeProvider clock = TimeProvider.System;
    private string? verdict;

    /// <summary>Runs the demo.</summary>
    /// <returns>See <see cref="DemoExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        using var signals = new EndSignals();
        int exitCode;
        try
        {
            var release = options.Release switch { null => MooseFsRelease.Installed, 3 => MooseFsRelease.V3, _ => MooseFsRelease.V4 };
            var folder = options.Directory ?? Path.GetTempPath();
            if (Machine.Check(release, folder) is { Count: > 0 } missing)
            {
                throw new CannotRunException("missing on this machine:" + string.Concat(missing.Select(static item => $"\n  {item.Missing}\n      {item.Remedy}")));
            }
            await RunAsync(release, folder, signals.Token).ConfigureAwait(false);
            exitCode = DemoExitCode.Ok;
        }
        catch (CannotRunException e)
        {
            await Console.Error.WriteLineAsync($"mfsha demo cannot run: {e.Message}").ConfigureAwait(false);
            return DemoExitCode.CannotRun;
        }
        catch (Exception) when (signals.Received is { } signal)
        {
            // Whatever it was, it is the consequence: mounts and programs are taken away under everybody's feet.
            verdict = $"ENDED by {signal.Name}, cleaned up";
            exitCode = DemoExitCode.EndedBy(signal.Number);
        }
        catch (Exception e)
        {
            // The edge of the program: every failure becomes the verdict.
            verdict = $"FAILED: {e.Message}";
            exitCode = DemoExitCode.Failed;
        }
        Console.WriteLine($"VERDICT: {verdict}");
        return exitCode;
    }

    /// <summary>Ends a demo that was left running.</summary>
    public static async Task<int> StopAsync(string directory, CancellationToken cancellation)
    {
        try
        {
            await KeptDemo.StopAsync(directory, cancellation).ConfigureAwait(false);
            return DemoExitCode.Ok;
        }
        catch (CannotRunException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return DemoExitCode.CannotRun;
        }
    }

    private async Task RunAsync(MooseFsRelease release, string folder, CancellationToken cancellation)
    {
        await using var sandbox = await MakeSandboxAsync(folder, cancellation).ConfigureAwait(false);
        await using var cluster = new DemoCluster(sandbox, program, release);
        var meter = new OperationMeter(clock);
        var phases = AllPhases.Of(options.Rounds);
        var story = new Story([.. phases.Select(static phase => phase.Title)], clock);
        var context = new DemoContext(cluster, meter, story);
        var painter = new Painter(cluster, meter, story, $"3 nodes, 2 chunkservers, a mount; MooseFS {release}", options.Rounds);
        try
        {
            await ChooseView().ShowAsync(story, painter.Paint, () => RunAsync(phases, context, cancellation)).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && e is not OperationCanceledException)
        {
            await WriteLogsAsync(cluster).ConfigureAwait(false);
            throw;
        }
        var stalls = story.Stalls.Select(static stall => stall.Longest).ToList();
        verdict = $"OK, {context.Ledger.Count:N0} acknowledged names and files are there, all replicas agree; stall {Stalls.Describe(stalls)}";
        if (options.Keep)
        {
            foreach (var line in KeptDemo.Keep(cluster, program))
            {
                Console.WriteLine(line);
            }
        }
    }

    private static async Task RunAsync(IReadOnlyList<IPhase> phases, DemoContext context, CancellationToken cancellation)
    {
        foreach (var (number, phase) in phases.Index())
        {
            var isDone = false;
            context.Story.Begin(number);
            try
            {
                await phase.RunAsync(context, cancellation).ConfigureAwait(false);
                isDone = true;
            }
            finally
            {
                context.Story.End(number, isDone);
            }
        }
    }

    private static async Task<Sandbox> MakeSandboxAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            return await Sandbox.CreateAsync(Prefix, folder, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new CannotRunException($"no network of its own can be made here (in a container: --privileged): {e.Message}", e);
        }
    }

    private static IDemoView ChooseView()
    {
        var console = AnsiConsole.Console;
        return !Console.IsOutputRedirected && console.Profile.Capabilities.Ansi
            && console.Profile.Width >= LiveView.MinimumWidth && console.Profile.Height >= LiveView.MinimumHeight
                ? new LiveView(console)
                : new PlainView(Console.Out);
    }

    private static async Task WriteLogsAsync(DemoCluster cluster)
    {
        foreach (var node in cluster.Nodes.Where(static node => node.WasStarted))
        {
            await Console.Error.WriteLineAsync($"--- end of the log of node {node.Id}\n{node.Process.LogTail()}").ConfigureAwait(false);
        }
    }
}

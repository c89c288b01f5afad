using System.Diagnostics;
using System.Globalization;

namespace MfsHa.Bench.Mounted;

/// <summary>
/// A process of its own that works on a mount: this program again. It reads the name of a step and milliseconds from a line of its standard input,
/// repeats the step for so long and answers with the number of repetitions.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    public const string Verb = "worker";

    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(10);

    private readonly Process process;

    private WorkerProcess(Process process) => this.process = process;

    /// <summary>Starts a worker on a folder, which it makes, and returns when it is ready.</summary>
    public static async Task<WorkerProcess> StartAsync(string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Verb, folder]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Sixteen runtimes on few processors: none of them needs threads or compilers in the background.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        var worker = new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException("no process"));
        await worker.ReadAsync(cancellation);
        return worker;
    }

    /// <summary>What a worker process does, until its input ends.</summary>
    public static int Serve(string folder, TextReader input, TextWriter output)
    {
        var worker = new MountWorker(folder);
        output.WriteLine(0);
        while (input.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            var step = worker.Find(words[0]);
            var duration = TimeSpan.FromMilliseconds(int.Parse(words[1], CultureInfo.InvariantCulture));
            var clock = Stopwatch.StartNew();
            long count = 0;
            while (clock.Elapsed < duration && step())
            {
                count++;
            }
            output.WriteLine(count);
        }
        return 0;
    }

    /// <summary>Repeats a step; returns how often.</summary>
    public async Task<long> RunAsync(string step, TimeSpan duration, CancellationToken cancellation)
    {
        await process.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{step} {(int)duration.TotalMilliseconds}").AsMemory(), cancellation);
        await process.StandardInput.FlushAsync(cancellation);
        return await ReadAsync(cancellation);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(ExitLimit))
        {
            process.Kill();
        }
        process.Dispose();
    }

    private async Task<long> ReadAsync(CancellationToken cancellation)
        => await process.StandardOutput.ReadLineAsync(cancellation) is { } line
            ? long.Parse(line, CultureInfo.InvariantCulture)
            : throw new RefusedStepException(process.Id);
}

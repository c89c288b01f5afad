using MfsHa.Bench;
using MfsHa.Bench.Mounted;
using Spectre.Console;

const int usageExitCode = 64;

if (args is [WorkerProcess.Verb, var folder])
{
    // One of the processes that load a mount.
    return WorkerProcess.Serve(folder, Console.In, Console.Out);
}

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{BenchOptions.Usage}");
    return usageExitCode;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    // Nothing may be left behind: the environment is taken down first.
    press.Cancel = true;
    stop.Cancel();
};

await using var run = new BenchRun(options, Console.Error.WriteLine);
var report = await run.RunAsync(stop.Token);
report.Print(AnsiConsole.Console);
if (options.Output is { } path)
{
    await report.WriteMarkdownAsync(path, stop.Token);
}
return 0;

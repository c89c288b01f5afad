using MfsHa.Bench;
using Spectre.Console;

const int usageExitCode = 64;

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

var report = await new BenchRun(options, Console.Error.WriteLine).RunAsync(stop.Token);
report.Print(AnsiConsole.Console);
if (options.Output is { } path)
{
    await report.WriteMarkdownAsync(path, stop.Token);
}
return 0;

using System.Globalization;
using MfsHa.MetadataFile;
using Spectre.Console;

namespace MfsHa.Node.Imports;

/// <summary>Shows how far an import is, first reading the file, then writing records: bars on a terminal, otherwise a line now and then.</summary>
/// <param name="file">The file that is read.</param>
/// <param name="meter">Records that are written.</param>
/// <param name="error">Where to show it.</param>
/// <param name="isTerminal">True when somebody looks at it.</param>
/// <param name="clock">Tells when.</param>
internal sealed class ImportProgress(FileStream file, ImportMeter meter, TextWriter error, bool isTerminal, TimeProvider clock)
{
    private const double Whole = 100;
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    /// <summary>Shows it until the work is done.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) => isTerminal ? WithBarAsync(work) : WithLinesAsync(work);

    private double Read => file.Length == 0 ? 0 : Whole * file.Position / file.Length;

    private double Written => meter.Total == 0 ? 0 : Whole * meter.Done / meter.Total;

    private Task<T> WithBarAsync<T>(Func<Task<T>> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).StartAsync(async context =>
        {
            ProgressTask reading = context.AddTask(Markup.Escape($"{Path.GetFileName(file.Name)} read"), maxValue: Whole);
            ProgressTask writing = context.AddTask("records written", maxValue: Whole);
            return await FollowAsync(work, BarEvery, () =>
            {
                (reading.Value, writing.Value) = (Read, Written);
                return Task.CompletedTask;
            }).ConfigureAwait(false);
        });
    }

    private Task<T> WithLinesAsync<T>(Func<Task<T>> work) =>
        FollowAsync(work, LineEvery, () => error.WriteLineAsync(meter.Total == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {Read:0} % read")
            : string.Create(CultureInfo.InvariantCulture, $"{file.Name}: read, {Written:0} % of {meter.Total} records written")));

    private async Task<T> FollowAsync<T>(Func<Task<T>> work, TimeSpan every, Func<Task> show)
    {
        // The work reads and computes without a pause.
        Task<T> running = Task.Run(work);
        while (await Task.WhenAny(running, Task.Delay(every, clock)).ConfigureAwait(false) != running)
        {
            await show().ConfigureAwait(false);
        }

        return await running.ConfigureAwait(false);
    }
}

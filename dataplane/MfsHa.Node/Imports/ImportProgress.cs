using System.Globalization;
using Spectre.Console;

namespace MfsHa.Node.Imports;

/// <summary>Shows how far a file is read: a bar on a terminal, otherwise a line now and then.</summary>
/// <param name="file">The file that is read.</param>
/// <param name="error">Where to show it.</param>
/// <param name="isTerminal">True when somebody looks at it.</param>
/// <param name="clock">Tells when.</param>
internal sealed class ImportProgress(FileStream file, TextWriter error, bool isTerminal, TimeProvider clock)
{
    private const double Whole = 100;
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    /// <summary>Shows it until the work is done.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) => isTerminal ? WithBarAsync(work) : WithLinesAsync(work);

    private double Percent => file.Length == 0 ? 0 : Whole * file.Position / file.Length;

    private Task<T> WithBarAsync<T>(Func<Task<T>> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).StartAsync(async context =>
        {
            ProgressTask bar = context.AddTask(Markup.Escape(Path.GetFileName(file.Name)), maxValue: Whole);
            return await FollowAsync(work, BarEvery, () =>
            {
                bar.Value = Percent;
                return Task.CompletedTask;
            }).ConfigureAwait(false);
        });
    }

    private Task<T> WithLinesAsync<T>(Func<Task<T>> work) =>
        FollowAsync(work, LineEvery, () => error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {Percent:0} % read")));

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

using MfsHa.Demo.Model;
using Spectre.Console;

namespace MfsHa.Demo.View;

/// <summary>A picture that is drawn again and again in place.</summary>
public sealed class LiveView(IAnsiConsole console) : IDemoView
{
    public const int MinimumWidth = 78;
    public const int MinimumHeight = 22;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public async Task ShowAsync(Story story, Func<int, Picture> paint, Func<Task> work)
    {
        await console.Live(Draw()).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            var running = work();
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, Task.Delay(Interval)).ConfigureAwait(false);
                live.UpdateTarget(Draw());
            }
            await running.ConfigureAwait(false);
        }).ConfigureAwait(false);

        Spectre.Console.Rendering.IRenderable Draw()
        {
            var screen = new Screen(console.Profile.Width, console.Profile.Height, Glyphs.For(console.Profile.Capabilities.Unicode));
            return screen.Draw(paint(screen.Bars));
        }
    }
}

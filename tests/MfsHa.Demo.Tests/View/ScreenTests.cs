using MfsHa.Demo.Model;
using MfsHa.Demo.View;
using Spectre.Console;

namespace MfsHa.Demo.Tests.View;

public sealed class ScreenTests
{
    private static readonly string[] Titles =
        ["three nodes form a cluster", "chunkservers and mount join", "files are written", "kill -9 of the leader 10/20", "dead node comes back 10/20", "x", "y", "z", "last"];

    [Theory]
    [InlineData(LiveView.MinimumWidth, LiveView.MinimumHeight)]
    [InlineData(80, 24)]
    [InlineData(100, 30)]
    [InlineData(200, 60)]
    public void Picture_fits_the_terminal(int width, int height)
    {
        foreach (var picture in new[] { Early(), Late() })
        {
            var lines = Draw(picture, width, height);
            Assert.True(lines.Length < height, $"{lines.Length} lines");
            Assert.All(lines, line => Assert.True(line.Length <= width, line));
        }
    }

    [Fact]
    public void Running_phase_roles_and_stall_are_shown()
    {
        var text = string.Join('\n', Draw(Late(), 100, 30));
        Assert.Contains("▸ kill -9 of the leader 10/20", text, StringComparison.Ordinal);
        Assert.Contains("leader", text, StringComparison.Ordinal);
        Assert.Contains("killed", text, StringComparison.Ordinal);
        Assert.Contains("stall 612 ms", text, StringComparison.Ordinal);
        Assert.Contains("2/20: median 506 ms, longest 612 ms", text, StringComparison.Ordinal);
        Assert.Contains("1,234,567", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_are_closed_on_every_row()
    {
        foreach (var line in Draw(Late(), 80, 24).Skip(2).Take(8))
        {
            Assert.Equal(4, line.Count(static c => c == '│'));
            Assert.Equal(80, line.Length);
        }
    }

    private static string[] Draw(Picture picture, int width, int height)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        console.Profile.Height = height;
        console.Profile.Capabilities.Unicode = true;
        var screen = new Screen(width, height, Glyphs.For(unicode: true));
        console.Write(screen.Draw(picture));
        return output.ToString().TrimEnd('\n').Split('\n');
    }

    private static Picture Early() => new(
        "3 nodes, 2 chunkservers, a mount; MooseFS as installed", TimeSpan.Zero, [.. Titles.Select(static title => new PhaseView(title, PhaseState.Waiting, TimeSpan.Zero))],
        [.. Enumerable.Range(1, 3).Select(static id => new NodeView(id, NodeState.Absent, false, null, null, false))],
        [new(1, null, 0, 0), new(2, null, 0, 0)], null, [], 1, []);

    private static Picture Late() => new(
        "3 nodes, 2 chunkservers, a mount; MooseFS of a version whose name is much longer than anybody would have thought", TimeSpan.FromMinutes(12),
        [.. Titles.Select(static (title, number) => new PhaseView(title, number < 3 ? PhaseState.Done : number == 3 ? PhaseState.Running : PhaseState.Waiting, TimeSpan.FromSeconds(1000.5)))],
        [
            new(1, NodeState.Ready, true, 1_234_567, TimeSpan.FromSeconds(12_345), true),
            new(2, NodeState.Killed, false, null, null, false),
            new(3, NodeState.CatchingUp, false, 1_034_567, TimeSpan.FromSeconds(1), false),
        ],
        [new(1, 1, 99_999, 1 << 30), new(2, null, 9, 1 << 20)],
        new ClientView(12_345, 12_345_678, TimeSpan.FromMilliseconds(12_345), [.. Enumerable.Range(1, 200).Select(static n => TimeSpan.FromMilliseconds(n * n))]),
        [new(1, 2, 1, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(400)), new(2, 3, 1, TimeSpan.FromMilliseconds(612), TimeSpan.FromMilliseconds(400))], 20,
        [.. Enumerable.Range(1, 20).Select(static n => new DemoEvent(TimeSpan.FromSeconds(n), $"event {n} [with brackets] and a text that goes on and on, so that no terminal could ever show all of it in one line, however wide it is, and wider, and wider still, and more"))]);
}

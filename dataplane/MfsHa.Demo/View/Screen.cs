using System.Globalization;
using MfsHa.Demo.Load;
using MfsHa.Demo.Model;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MfsHa.Demo.View;

/// <summary>Draws a picture for a terminal of one size. Pure: the same picture gives the same drawing. No line is ever longer than the terminal is wide.</summary>
internal sealed class Screen(int width, int height, Glyphs glyphs)
{
    /// <summary>Frame and padding of a panel, columns.</summary>
    private const int Frame = 4;
    private const int RightWidth = 37;
    private const int PanelRows = 8;
    private const int LabelWidth = 7;
    private const int TimeWidth = 8;

    /// <summary>Rows of everything but the events: title, upper panels, client panel, and one that the cursor needs.</summary>
    private const int FixedRows = 1 + (PanelRows + 2) + (LatencyChart.Rows + 4) + 1;
    private const int MaximumEvents = 8;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private static readonly TimeSpan WorthSaying = TimeSpan.FromMilliseconds(100);

    /// <summary>Columns of the chart.</summary>
    public int Bars => width - Frame - LabelWidth - 1;

    private int LeftWidth => width - RightWidth;

    public IRenderable Draw(Picture picture) => new Rows(Title(picture), Upper(picture), Client(picture), Events(picture));

    private Markup Title(Picture picture)
    {
        const string name = "mfsha demo";
        var time = string.Create(Culture, $"{picture.Elapsed:mm\\:ss}");
        var subtitle = Fit(picture.Subtitle, width - name.Length - time.Length - Frame);
        return new Markup($" [bold]{name}[/]  [grey]{Markup.Escape(subtitle)}[/]{time} ");
    }

    private Grid Upper(Picture picture)
        => new Grid()
            .AddColumn(new GridColumn { Width = LeftWidth, Padding = new Padding(0) })
            .AddColumn(new GridColumn { Width = RightWidth, Padding = new Padding(0) })
            .AddRow(
                Framed("phases", LeftWidth, Phases(picture)),
                Framed("cluster", RightWidth, [.. Nodes(picture), new Text(" "), .. Others(picture)]));

    private IEnumerable<IRenderable> Phases(Picture picture)
    {
        var titleWidth = LeftWidth - Frame - 2 - TimeWidth;
        var shown = Window(picture.Phases).Select(phase =>
        {
            var (sign, style) = phase.State switch
            {
                PhaseState.Running => (glyphs.Running, "bold yellow"),
                PhaseState.Done => (glyphs.Done, "green"),
                PhaseState.Failed => (glyphs.Failed, "bold red"),
                _ => (glyphs.Waiting, "grey"),
            };
            var took = phase.State is PhaseState.Waiting ? "" : string.Create(Culture, $"{phase.Took.TotalSeconds:0.0} s");
            return (IRenderable)new Markup($"[{style}]{sign} {Markup.Escape(Fit(phase.Title, titleWidth))}[/][grey]{took,TimeWidth}[/]");
        }).ToList();
        return shown.Concat(Enumerable.Repeat(new Text(" "), PanelRows - shown.Count));
    }

    /// <summary>As many phases as there are rows, the running one among them.</summary>
    private static IEnumerable<PhaseView> Window(IReadOnlyList<PhaseView> phases)
    {
        var current = phases.Count(static phase => phase.State is PhaseState.Done or PhaseState.Failed);
        var first = Math.Clamp(current - (PanelRows / 2), 0, Math.Max(0, phases.Count - PanelRows));
        return phases.Skip(first).Take(PanelRows);
    }

    // Columns of the upper half: 5 + 12 + 9 + 7 are the panel's 33.
    private IEnumerable<IRenderable> Nodes(Picture picture)
    {
        yield return new Markup($"[grey]{"node",-5}{"state",-12}{"applied",9}{"up",7}[/]");
        foreach (var node in picture.Nodes)
        {
            var (state, style) = StateOf(node);
            var applied = node.Applied is { } index ? index.ToString("N0", Culture) : glyphs.Nothing;
            var up = node.Uptime is { } uptime ? string.Create(Culture, $"{(long)uptime.TotalSeconds} s") : glyphs.Nothing;
            yield return new Markup(string.Create(Culture, $"{node.Id,-5}[{style}]{state,-12}[/]{applied,9}{up,7}"));
        }
    }

    private static (string Word, string Style) StateOf(NodeView node) => node.State switch
    {
        NodeState.Absent => ("not started", "grey"),
        NodeState.Killed => ("killed", "bold red"),
        NodeState.Starting => ("starting", "yellow"),
        NodeState.CatchingUp => ("catching up", "yellow"),
        _ => node.IsLeader ? ("leader", "bold green") : ("follower", "default"),
    };

    // And 14 + 6 + 13 of the lower half.
    private IEnumerable<IRenderable> Others(Picture picture)
    {
        foreach (var server in picture.ChunkServers)
        {
            yield return new Markup(string.Create(Culture, $"{$"chunkserver {server.Number}",-14}{At(server.Node)}{$"{server.Chunks:N0} chunks",13}"));
        }
        yield return new Markup($"{"mount",-14}{At(picture.Nodes.FirstOrDefault(static node => node.ServesClient)?.Id)}{"",13}");
    }

    private string At(int? node) => node is { } id ? string.Create(Culture, $"{$"node {id}",-6}") : $"[grey]{glyphs.Nothing,-6}[/]";

    private Panel Client(Picture picture)
    {
        var rows = LatencyChart.Labels
            .Zip(LatencyChart.Draw([.. (picture.Client?.Bars ?? []).TakeLast(Bars)], glyphs.Bars), ["red", "yellow", "green"])
            .Select(static row => (IRenderable)new Markup($"[grey]{row.First,LabelWidth}[/] [{row.Third}]{Markup.Escape(row.Second)}[/]"));
        var slice = OperationMeter.SliceLength.TotalSeconds.ToString("0.#", Culture);
        return Framed($"clients of the mount: longest operation of every {slice} s", width, [Rate(picture.Client), .. rows, StallLine(picture)]);
    }

    private static Markup Rate(ClientView? client)
    {
        if (client is null)
        {
            return new Markup("[grey]nothing is mounted yet[/]");
        }
        var waiting = client.Waiting > WorthSaying ? $"   [bold red]waiting for {Stalls.Milliseconds(client.Waiting)}[/]" : "";
        return new Markup(string.Create(Culture, $"[bold]{client.Rate,5:N0}[/] operations/s   {client.Total:N0} acknowledged{waiting}"));
    }

    private Markup StallLine(Picture picture)
    {
        if (picture.Stalls is not [.., var last])
        {
            return new Markup("[grey]no leader has been killed yet[/]");
        }
        var stall = $"stall {Stalls.Milliseconds(last.Longest)}";
        var all = picture.Rounds == 1 ? "" : $"  {picture.Stalls.Count}/{picture.Rounds}: {Stalls.Describe([.. picture.Stalls.Select(static round => round.Longest)])}";
        var rest = Math.Max(2, width - Frame - stall.Length - all.Length);
        return new Markup($"[bold]{stall}[/]{all}[grey]{Fit($"  node {last.Victim} killed, node {last.Successor} leads", rest)}[/]");
    }

    private Rows Events(Picture picture)
        => new(picture.Events.TakeLast(Math.Clamp(height - FixedRows, 1, MaximumEvents)).Select(happened =>
        {
            var time = string.Create(Culture, $"{happened.At:mm\\:ss}");
            return new Markup($" [grey]{time}[/] {Markup.Escape(Fit(happened.Text, width - time.Length - 3))}");
        }));

    /// <summary>Exactly so many columns: filled with spaces, or cut with a sign that something is missing.</summary>
    private static string Fit(string text, int columns) => text.Length <= columns ? text.PadRight(columns) : $"{text[..(columns - 2)]}..";

    private static Panel Framed(string title, int columns, IEnumerable<IRenderable> rows)
        => new(new Rows(rows)) { Header = new PanelHeader($" {title} "), Width = columns, Border = BoxBorder.Rounded, BorderStyle = new Style(Color.Grey), Padding = new Padding(1, 0, 1, 0) };
}

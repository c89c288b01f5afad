using System.Globalization;
using System.Text;
using Spectre.Console;

namespace MfsHa.Bench.Reporting;

/// <summary>All subjects side by side; with two of them, first the ratio of the second to the first.</summary>
internal sealed class Report(IReadOnlyList<Results> subjects, string conditions)
{
    // Targets that are ratios are ratios to mfsmaster.
    private readonly bool isMaster = subjects[0].Subject.StartsWith("mfsmaster", StringComparison.Ordinal);

    private IEnumerable<string> Headings => [
        "measurement", "unit",
        .. subjects.Count == 2 ? [$"{subjects[1].Subject} / {subjects[0].Subject}"] : Array.Empty<string>(),
        .. subjects.Select(static s => s.Subject),
        .. subjects.Select(static s => $"CPU us/op {s.Subject}"),
        "target"];

    private IEnumerable<string[]> Rows
    {
        get
        {
            foreach (var measurement in subjects.SelectMany(static s => s.Measurements).DistinctBy(static m => m.Name))
            {
                var found = subjects.Select(s => s.Find(measurement.Name)).ToArray();
                var ratio = subjects.Count == 2 && found[0] is { Value: > 0 } && found[1] is not null ? found[1]!.Value / found[0]!.Value : (double?)null;
                yield return [
                    measurement.Name, measurement.Unit.Name,
                    .. subjects.Count == 2 ? [ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-"] : Array.Empty<string>(),
                    .. found.Select(static m => Measurement.Format(m?.Value)),
                    .. found.Select(static m => m?.ProcessorTime is { } time ? Measurement.Format(time.TotalMicroseconds) : ""),
                    found[^1] is { } last ? Targets.Judge(last, isMaster ? ratio : null) : ""];
            }
        }
    }

    public void Print(IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Rounded);
        var number = 0;
        foreach (var heading in Headings)
        {
            table.AddColumn(new TableColumn(heading.EscapeMarkup()) { Alignment = number++ < 2 ? Justify.Left : Justify.Right });
        }
        foreach (var row in Rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }
        console.Write(table);
        console.WriteLine(conditions);
    }

    public async Task WriteMarkdownAsync(string path, CancellationToken cancellation)
    {
        var text = new StringBuilder(conditions).Append("\n\n");
        AppendRow(text, Headings);
        AppendRow(text, Headings.Select(static (_, number) => number < 2 ? "---" : "--:"));
        foreach (var row in Rows)
        {
            AppendRow(text, row);
        }
        await File.WriteAllTextAsync(path, text.ToString(), cancellation);
    }

    private static void AppendRow(StringBuilder text, IEnumerable<string> cells)
        => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}

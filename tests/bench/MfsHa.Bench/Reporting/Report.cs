using System.Globalization;
using System.Text;
using Spectre.Console;

namespace MfsHa.Bench.Reporting;

/// <summary>All subjects side by side; with two of them, the ratio of the second to the first.</summary>
internal sealed class Report(IReadOnlyList<Results> subjects, string conditions)
{
    private IEnumerable<string> Headings => [
        "measurement", "unit", .. subjects.Select(static s => s.Subject),
        .. subjects.Count == 2 ? [$"{subjects[1].Subject} / {subjects[0].Subject}", "better"] : Array.Empty<string>()];

    /// <summary>One line a measurement: name, unit, a value per subject, ratio, who is better.</summary>
    private IEnumerable<string[]> Rows
    {
        get
        {
            var all = subjects.SelectMany(static s => s.Measurements).DistinctBy(static m => m.Name);
            foreach (var measurement in all)
            {
                var values = subjects.Select(s => s.Find(measurement.Name)).ToArray();
                yield return [
                    measurement.Name, measurement.Unit.Name, .. values.Select(Measurement.Format),
                    .. subjects.Count == 2 ? Compare(measurement.Unit, values[0], values[1]) : []];
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
        var text = new StringBuilder("# mfsha-bench\n\n").Append(conditions).Append("\n\n");
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

    private string[] Compare(Unit unit, double? first, double? second)
    {
        if (first is not > 0 || second is null)
        {
            return ["-", "-"];
        }
        var ratio = second.Value / first.Value;
        var better = ratio > 1 == unit.MoreIsBetter ? subjects[1].Subject : subjects[0].Subject;
        return [ratio.ToString("0.00", CultureInfo.InvariantCulture), ratio is 1 ? "-" : better];
    }
}

using System.Text;

namespace MfsHa.Demo.View;

/// <summary>Bars of times on a logarithmic scale, one decade a row: 1 to 10 ms, 10 to 100 ms, 100 ms to 1 s.</summary>
internal static class LatencyChart
{
    public const int Rows = 3;

    /// <summary>What the top of a row stands for, top row first.</summary>
    public static IReadOnlyList<string> Labels { get; } = ["1 s", "100 ms", "10 ms"];

    /// <summary>The rows, top first. A time of zero (nothing returned in that slice) is an empty column; anything else has at least the smallest bar.</summary>
    public static IReadOnlyList<string> Draw(IReadOnlyList<TimeSpan> times, string bars)
    {
        var steps = bars.Length - 1;
        var levels = times.Select(time => LevelOf(time, steps)).ToArray();
        return [.. Enumerable.Range(0, Rows).Select(row => Row(levels, (Rows - 1 - row) * steps, bars))];
    }

    internal static int LevelOf(TimeSpan time, int steps)
        => time <= TimeSpan.Zero ? 0 : Math.Clamp((int)Math.Ceiling(Math.Log10(time.TotalMilliseconds) * steps), 1, Rows * steps);

    private static string Row(int[] levels, int below, string bars)
    {
        var row = new StringBuilder(levels.Length);
        foreach (var level in levels)
        {
            row.Append(bars[Math.Clamp(level - below, 0, bars.Length - 1)]);
        }
        return row.ToString();
    }
}

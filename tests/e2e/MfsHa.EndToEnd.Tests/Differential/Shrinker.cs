using System.Diagnostics;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>
/// Makes a failing script shorter: leaves out runs of steps, long ones first, as long as some difference stays
/// (Zeller, Hildebrandt: "Simplifying and isolating failure-inducing input").
/// </summary>
internal static class Shrinker
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<(IReadOnlyList<Operation> Script, Difference Difference)> ShrinkAsync(
        ScriptRunner runner, IReadOnlyList<Operation> script, Difference difference, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        for (var length = script.Count / 2; length > 0; length /= 2)
        {
            for (var start = 0; start < script.Count && clock.Elapsed < Limit;)
            {
                List<Operation> shorter = [.. script.Take(start), .. script.Skip(start + length)];
                var (found, steps) = await runner.RunAsync(shorter, cancellation).ConfigureAwait(false);
                if (found is null)
                {
                    start += length;
                }
                else
                {
                    (script, difference) = ([.. shorter.Take(steps)], found);
                }
            }
        }
        return (script, difference);
    }
}

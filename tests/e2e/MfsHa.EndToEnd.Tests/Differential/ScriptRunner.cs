using System.Diagnostics;
using MfsHa.Testbed.MooseFs;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>Runs scripts on two file systems step by step, and says where they first differ.</summary>
internal sealed class ScriptRunner(IReadOnlyList<Mount> first, IReadOnlyList<Mount> second) : IDisposable
{
    /// <summary>How often the whole trees are compared while a script runs, in steps.</summary>
    private const int SnapshotInterval = 200;
    private const uint Everybody = 0x1FF;
    private static readonly TimeSpan TotalsPause = TimeSpan.FromMilliseconds(100);

    /// <summary>As many levels as a script's tree usually has, each within the second that README gives them.</summary>
    private static readonly TimeSpan TotalsLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(60);

    private readonly Actors actors = new();
    private readonly TimeReports reports = new();
    private readonly Dictionary<string, int> answerCounts = [];
    private int runs;

    /// <summary>One of the services has several shards: sums over subtrees come a moment later.</summary>
    public bool IsSharded { get; init; }

    /// <summary>How often each kind of step got each kind of answer ("ok" for all that are no error).</summary>
    public IReadOnlyDictionary<string, int> AnswerCounts => answerCounts;

    /// <summary>Makes up a script while it runs; it comes back up to the step where a difference was seen.</summary>
    public async Task<(Difference? Difference, IReadOnlyList<Operation> Script)> RunAsync(int seed, int length, CancellationToken cancellation)
    {
        var generator = new ScriptGenerator(seed);
        List<Operation> script = [];
        var difference = await RunAsync(
            () => script.Count == length ? null : generator.Next(),
            (operation, answer) =>
            {
                script.Add(operation);
                generator.Learn(operation, answer);
            },
            cancellation).ConfigureAwait(false);
        return (difference, script);
    }

    /// <summary>Runs a given script.</summary>
    public async Task<(Difference? Difference, int Steps)> RunAsync(IReadOnlyList<Operation> script, CancellationToken cancellation)
    {
        var steps = 0;
        var difference = await RunAsync(() => steps == script.Count ? null : script[steps], (_, _) => steps++, cancellation).ConfigureAwait(false);
        return (difference, steps);
    }

    /// <summary>Compares two trees as they are.</summary>
    public async Task<Difference?> CompareTreesAsync(string[] roots, TimeScale times)
    {
        var difference = await actors[Actor.Root].RunAsync(() => TreeSnapshot.Take(roots[0], times).FindDifference(TreeSnapshot.Take(roots[1], times)))
            .ConfigureAwait(false);
        reports.Expect();
        return difference;
    }

    public void Dispose() => actors.Dispose();

    private async Task<Difference?> RunAsync(Func<Operation?> next, Action<Operation, string> done, CancellationToken cancellation)
    {
        // The folder in between catches symbolic links that lead out of the root.
        var name = $"run{++runs}/root";
        var times = new TimeScale(DateTimeOffset.UtcNow);
        using var one = new Side(first, name, times);
        using var two = new Side(second, name, times);
        string[] roots = [one.Views[0].Root, two.Views[0].Root];
        foreach (var root in roots)
        {
            P.MakeDirectory(Path.GetDirectoryName(root)!, Everybody);
            P.MakeDirectory(root, Everybody);
        }
        for (var step = 1; next() is { } operation; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (answer, other) = await StepAsync(operation, one, two).ConfigureAwait(false);
            done(operation, answer);
            if (answer != other)
            {
                return new Difference($"answer to {operation}", answer, other);
            }
            if (step % SnapshotInterval == 0 && await CompareTreesAsync(roots, times).ConfigureAwait(false) is { } difference)
            {
                return difference;
            }
        }
        return await CompareTreesAsync(roots, times).ConfigureAwait(false);
    }

    private async Task<(string First, string Second)> StepAsync(Operation operation, Side one, Side two)
    {
        if (operation.CopiesTimes)
        {
            await reports.ArrivedAsync().ConfigureAwait(false);
        }
        var (answer, other) = await ExecuteAsync(operation, one, two).ConfigureAwait(false);
        if (answer != other && operation.AsksForTimes)
        {
            await reports.ArrivedAsync().ConfigureAwait(false);
            (answer, other) = await ExecuteAsync(operation, one, two).ConfigureAwait(false);
        }
        for (var asked = Stopwatch.GetTimestamp(); IsSharded && answer != other && operation.AsksForTotals && Stopwatch.GetElapsedTime(asked) < TotalsLimit;)
        {
            // Shards tell each other what their directories hold, one level after the other.
            await Task.Delay(TotalsPause, CancellationToken.None).ConfigureAwait(false);
            (answer, other) = await ExecuteAsync(operation, one, two).ConfigureAwait(false);
        }
        if (operation.IsOnData)
        {
            reports.Expect();
        }
        var key = $"{operation.GetType().Name} {(Operation.IsError(answer) ? answer : "ok")}";
        answerCounts[key] = answerCounts.GetValueOrDefault(key) + 1;
        return (answer, other);
    }

    private Task<(string First, string Second)> ExecuteAsync(Operation operation, Side one, Side two)
        => actors[operation.As].RunAsync(() => (operation.Execute(one), operation.Execute(two))).WaitAsync(StepLimit);
}

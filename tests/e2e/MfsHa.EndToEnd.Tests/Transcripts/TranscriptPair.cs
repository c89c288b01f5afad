using System.Globalization;
using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Transcripts;

/// <summary>The same script on a real mfsmaster and on three mfsha nodes must give the same text.</summary>
internal static class TranscriptPair
{
    private const int Context = 6;

    /// <summary>Runs the script on the mfsmaster of <paramref name="plan"/> and on mfsha with so many shards.</summary>
    public static async Task AssertSameAsync(DeploymentPlan plan, Func<Deployment, Transcript, CancellationToken, Task> script, CancellationToken cancellation, int shards = 1)
    {
        // Scripts block their threads: each gets one of its own.
        var settings = new Dictionary<string, string> { ["HA_SHARD_COUNT"] = shards.ToString(CultureInfo.InvariantCulture) };
        DeploymentPlan[] plans = [plan, plan with { Service = ServiceKind.MfsHa, ServiceSettings = settings }];
        var texts = await Task.WhenAll(plans.Select(p => Task.Factory.StartNew(
            () => RunAsync(p, script, shards > 1, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        TestContext.Current.TestOutputHelper?.WriteLine(texts[0]);
        Assert.True(texts[0] == texts[1], Differences(texts[0].Split('\n'), texts[1].Split('\n')));
    }

    // Where the two part, and what only one of them has: a first difference often explains the rest.
    private static string Differences(string[] expected, string[] found)
    {
        var same = expected.Zip(found).TakeWhile(static pair => pair.First == pair.Second).Count();
        IEnumerable<string> lines =
        [
            $"different from line {same + 1} on, after:",
            .. expected.Take(same).TakeLast(Context),
            "mfsmaster goes on:",
            .. expected.Skip(same).Take(Context),
            "mfsha goes on:",
            .. found.Skip(same).Take(Context),
            .. expected.Skip(same).Except(found).Select(static line => $"only mfsmaster: {line}"),
            .. found.Skip(same).Except(expected).Select(static line => $"only mfsha: {line}"),
        ];
        return string.Join('\n', lines);
    }

    private static async Task<string> RunAsync(DeploymentPlan plan, Func<Deployment, Transcript, CancellationToken, Task> script, bool totalsLag, CancellationToken cancellation)
    {
        await using var deployment = await Deployment.StartAsync(plan, cancellation);
        var transcript = new Transcript { TotalsLag = totalsLag };
        await script(deployment, transcript, cancellation);
        return transcript.ToString();
    }
}

using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Transcripts;

/// <summary>The same script on a real mfsmaster and on three mfsha nodes must give the same text.</summary>
internal static class TranscriptPair
{
    /// <summary>Runs the script on the mfsmaster of <paramref name="plan"/> and on mfsha.</summary>
    public static async Task AssertSameAsync(DeploymentPlan plan, Func<Deployment, Transcript, CancellationToken, Task> script, CancellationToken cancellation)
    {
        // Scripts block their threads: each gets one of its own.
        DeploymentPlan[] plans = [plan, plan with { Service = ServiceKind.MfsHa }];
        var texts = await Task.WhenAll(plans.Select(p => Task.Factory.StartNew(
            () => RunAsync(p, script, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        TestContext.Current.TestOutputHelper?.WriteLine(texts[0]);
        Assert.Equal(texts[0], texts[1]);
    }

    private static async Task<string> RunAsync(DeploymentPlan plan, Func<Deployment, Transcript, CancellationToken, Task> script, CancellationToken cancellation)
    {
        await using var deployment = await Deployment.StartAsync(plan, cancellation);
        var transcript = new Transcript();
        await script(deployment, transcript, cancellation);
        return transcript.ToString();
    }
}

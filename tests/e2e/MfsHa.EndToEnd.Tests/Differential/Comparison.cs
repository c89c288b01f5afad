using System.Text;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>Two running services and the scripts that are run on both.</summary>
internal sealed class Comparison : IAsyncDisposable
{
    private readonly Deployment first;
    private readonly Deployment second;
    private readonly ScriptRunner runner;

    private Comparison(Deployment first, Deployment second)
    {
        this.first = first;
        this.second = second;
        runner = new ScriptRunner(first.Mounts, second.Mounts);
    }

    /// <summary>How often each kind of step got each answer, to see that scripts are worth running.</summary>
    public string AnswerCounts => string.Join('\n', runner.AnswerCounts
        .OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}: {pair.Value}"));

    /// <summary>A deployment whose client asks the service every time; caches would hide differences.</summary>
    public static DeploymentPlan Plan(ServiceKind service, MooseFsRelease mount)
        => new(service, mount, mount) { Mounts = Enum.GetValues<Client>().Length, Caching = CachePolicy.None };

    public static async Task<Comparison> StartAsync(ServiceKind first, ServiceKind second, MooseFsRelease mount, CancellationToken cancellation)
    {
        var one = await Deployment.StartAsync(Plan(first, mount), cancellation);
        try
        {
            return new Comparison(one, await Deployment.StartAsync(Plan(second, mount), cancellation));
        }
        catch
        {
            await one.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the script of a seed; null if the services agree, else all that is needed to understand why not.</summary>
    public async Task<string?> FindDifferenceAsync(int seed, int length, CancellationToken cancellation)
    {
        var (difference, script) = await runner.RunAsync(seed, length, cancellation);
        if (difference is null)
        {
            return null;
        }
        var (shortest, smaller) = await Shrinker.ShrinkAsync(runner, script, difference, cancellation);
        return new StringBuilder()
            .AppendLine($"seed {seed}, length {length}, step {script.Count}: {first.Plan} against {second.Plan}").AppendLine($"{difference}")
            .AppendLine($"shortest history found, {shortest.Count} steps:").AppendLine(string.Join('\n', shortest)).AppendLine($"{smaller}")
            .ToString();
    }

    public async ValueTask DisposeAsync()
    {
        runner.Dispose();
        await second.DisposeAsync();
        await first.DisposeAsync();
    }
}

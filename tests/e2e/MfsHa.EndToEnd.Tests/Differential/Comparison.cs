using System.Globalization;
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

    private Comparison(Deployment first, Deployment second, int shards)
    {
        this.first = first;
        this.second = second;
        runner = new ScriptRunner(first.Mounts, second.Mounts) { IsSharded = shards > 1 };
    }

    /// <summary>How often each kind of step got each answer, to see that scripts are worth running.</summary>
    public string AnswerCounts => string.Join('\n', runner.AnswerCounts
        .OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}: {pair.Value}"));

    /// <summary>A deployment whose client asks the service every time; caches would hide differences.</summary>
    /// <param name="shards">Shards of an mfsha cluster; with several, every directory of a script goes to one of its own.</param>
    public static DeploymentPlan Plan(ServiceKind service, MooseFsRelease mount, int shards = 1)
        => new(service, mount, mount)
        {
            Mounts = Enum.GetValues<Client>().Length,
            Caching = CachePolicy.None,
            ServiceSettings = service is ServiceKind.MfsHa && shards > 1
                ? new Dictionary<string, string> { ["HA_SHARD_COUNT"] = shards.ToString(CultureInfo.InvariantCulture), ["HA_SHARD_SPREAD_DEPTH"] = "8" }
                : new Dictionary<string, string>(),
        };

    public static async Task<Comparison> StartAsync(
        ServiceKind first, ServiceKind second, MooseFsRelease mount, CancellationToken cancellation, int shards = 1)
    {
        var one = await Deployment.StartAsync(Plan(first, mount, shards), cancellation);
        try
        {
            return new Comparison(one, await Deployment.StartAsync(Plan(second, mount, shards), cancellation), shards);
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

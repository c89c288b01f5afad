using System.Globalization;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>
/// Many seeds between any two services, for those who look for trouble: run with <c>-explicit only</c>. Variables:
/// <c>MFSHA_DIFF_FIRST</c>, <c>MFSHA_DIFF_SECOND</c> (names of <see cref="ServiceKind"/>), <c>MFSHA_DIFF_MOUNT</c> (3 or 4),
/// <c>MFSHA_DIFF_SEEDS</c> (first-last), <c>MFSHA_DIFF_STEPS</c>, <c>MFSHA_DIFF_SHARDS</c>.
/// </summary>
public sealed class DifferentialSearch(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task All_seeds_agree()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var mount = Setting("MFSHA_DIFF_MOUNT", "4") == "3" ? MooseFsRelease.V3 : MooseFsRelease.V4;
        var seeds = Setting("MFSHA_DIFF_SEEDS", "1-20").Split('-').Select(static s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        var steps = int.Parse(Setting("MFSHA_DIFF_STEPS", "2000"), CultureInfo.InvariantCulture);
        await using var comparison = await Comparison.StartAsync(
            Enum.Parse<ServiceKind>(Setting("MFSHA_DIFF_FIRST", nameof(ServiceKind.MfsMaster4))),
            Enum.Parse<ServiceKind>(Setting("MFSHA_DIFF_SECOND", nameof(ServiceKind.MfsMaster4))),
            mount, cancellation, int.Parse(Setting("MFSHA_DIFF_SHARDS", "1"), CultureInfo.InvariantCulture));
        List<string> reports = [];
        for (var seed = seeds[0]; seed <= seeds[^1]; seed++)
        {
            if (await comparison.FindDifferenceAsync(seed, steps, cancellation) is { } report)
            {
                reports.Add(report);
                output.WriteLine(report);
            }
        }
        output.WriteLine(comparison.AnswerCounts);
        Assert.Empty(reports);
    }

    private static string Setting(string name, string otherwise) => Environment.GetEnvironmentVariable(name) ?? otherwise;
}

using System.Globalization;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>What may be set from outside: MFSHA_LEDGER_SECONDS (how long faults go on) and MFSHA_LEDGER_SEED.</summary>
internal static class LedgerPlan
{
    private const int DefaultSeconds = 80;

    /// <summary>The same in every ordinary run, so that a change and not chance decides over it; long runs at night take others.</summary>
    private const int DefaultSeed = 3;

    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(Read("MFSHA_LEDGER_SECONDS") ?? DefaultSeconds);

    public static int Seed { get; } = Read("MFSHA_LEDGER_SEED") ?? DefaultSeed;

    /// <summary>Every other seed runs with MooseFS 3.</summary>
    public static DeploymentPlan Deployment(int seed)
    {
        var release = seed % 2 == 0 ? MooseFsRelease.V4 : MooseFsRelease.V3;
        return new DeploymentPlan(ServiceKind.MfsHa, release, release) { Mounts = 2, ChunkServers = 3, Caching = CachePolicy.None };
    }

    private static int? Read(string variable)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

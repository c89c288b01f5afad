using System.Globalization;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>What may be set from outside: MFSHA_LEDGER_SECONDS (how long faults go on), MFSHA_LEDGER_SEED and MFSHA_LEDGER_SHARDS.</summary>
internal static class LedgerPlan
{
    /// <summary>HA_SHARD_COUNT goes no higher.</summary>
    public const int MostShards = 64;

    private const int DefaultSeconds = 80;
    private const int DefaultStormSeconds = 25;
    private const int DefaultStormShards = 8;

    /// <summary>The same in every ordinary run, so that a change and not chance decides over it; long runs at night take others.</summary>
    private const int DefaultSeed = 3;

    /// <summary>Every directory that the clients make goes to a shard of its own: worker, folder, and as deep as <see cref="StepGenerator"/> goes.</summary>
    private const string SpreadDepth = "8";

    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(Read("MFSHA_LEDGER_SECONDS") ?? DefaultSeconds);

    public static TimeSpan StormDuration { get; } = TimeSpan.FromSeconds(Read("MFSHA_LEDGER_SECONDS") ?? DefaultStormSeconds);

    public static int Seed { get; } = Read("MFSHA_LEDGER_SEED") ?? DefaultSeed;

    /// <summary>Shards of tests that say nothing else.</summary>
    public static int Shards { get; } = Read("MFSHA_LEDGER_SHARDS") ?? 1;

    /// <summary>Shards of the rename storm.</summary>
    public static int StormShards { get; } = Read("MFSHA_LEDGER_SHARDS") ?? DefaultStormShards;

    /// <summary>Every other seed runs with MooseFS 3.</summary>
    public static DeploymentPlan Deployment(int seed) => Deployment(seed, Shards);

    /// <inheritdoc cref="Deployment(int)"/>
    public static DeploymentPlan Deployment(int seed, int shards)
    {
        var release = seed % 2 == 0 ? MooseFsRelease.V4 : MooseFsRelease.V3;
        return new DeploymentPlan(ServiceKind.MfsHa, release, release)
        {
            Mounts = 2,
            ChunkServers = 3,
            Caching = CachePolicy.None,
            ServiceSettings = new Dictionary<string, string>
            {
                ["HA_SHARD_COUNT"] = shards.ToString(CultureInfo.InvariantCulture),
                ["HA_SHARD_SPREAD_DEPTH"] = SpreadDepth,
            },
        };
    }

    private static int? Read(string variable)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

using MfsHa.Testbed.MooseFs;

namespace MfsHa.Testbed.Deployments;

/// <summary>Which programs make up a file system.</summary>
public sealed record DeploymentPlan(ServiceKind Service, MooseFsRelease Mount, MooseFsRelease ChunkServer)
{
    public int Mounts { get; init; } = 2;

    public int ChunkServers { get; init; } = 2;

    public CachePolicy Caching { get; init; } = CachePolicy.Default;

    /// <summary>Additional keys of mfsmaster.cfg or mfsha.cfg.</summary>
    public IReadOnlyDictionary<string, string> ServiceSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The mfsha that nodes run; null for this build.</summary>
    public string? Program { get; init; }

    public override string ToString() => $"{Service}, mfsmount {Mount}, mfschunkserver {ChunkServer}";
}

using MfsHa.EndToEnd.Tests.Fixtures;
using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Operating;

/// <summary>Three nodes with several leaders to move, one chunkserver and one client.</summary>
public sealed class AdministeredCluster : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V4)
    {
        Mounts = 1,
        ChunkServers = 1,
        ServiceSettings = new Dictionary<string, string> { ["HA_SHARD_COUNT"] = "4", ["AUTH_CODE"] = "" },
    };
}

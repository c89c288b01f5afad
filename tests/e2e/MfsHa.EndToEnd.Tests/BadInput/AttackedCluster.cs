using MfsHa.EndToEnd.Tests.Fixtures;
using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.BadInput;

/// <summary>Three nodes and one client, which is connected to node 1 like the attacker.</summary>
public sealed class AttackedCluster : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V4) { Mounts = 1, ChunkServers = 1 };
}

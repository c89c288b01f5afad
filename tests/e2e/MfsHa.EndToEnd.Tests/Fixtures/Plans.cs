using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Fixtures;

/// <summary>A real mfsmaster with its own release of everything: the proof that a suite asks for nothing but MooseFS.</summary>
public sealed class PlainMooseFs4 : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsMaster4, MooseFsRelease.V4, MooseFsRelease.V4);
}

/// <inheritdoc cref="PlainMooseFs4"/>
public sealed class PlainMooseFs3 : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsMaster3, MooseFsRelease.V3, MooseFsRelease.V3);
}

/// <summary>Three mfsha nodes with MooseFS 3 only.</summary>
public sealed class MfsHaWith3And3 : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsHa, MooseFsRelease.V3, MooseFsRelease.V3);
}

/// <summary>Three mfsha nodes with MooseFS 4 only.</summary>
public sealed class MfsHaWith4And4 : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V4);
}

/// <summary>Three mfsha nodes, mfsmount 3, mfschunkserver 4.</summary>
public sealed class MfsHaWith3And4 : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsHa, MooseFsRelease.V3, MooseFsRelease.V4);
}

/// <summary>Three mfsha nodes, mfsmount 4, mfschunkserver 3.</summary>
public sealed class MfsHaWith4And3 : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V3);
}

/// <summary>Three mfsha nodes with eight shards, MooseFS 4 only.</summary>
public sealed class MfsHaWithEightShards : IPlan
{
    public static DeploymentPlan Plan { get; } = new(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V4)
    {
        ServiceSettings = new Dictionary<string, string> { ["HA_SHARD_COUNT"] = "8" },
    };
}

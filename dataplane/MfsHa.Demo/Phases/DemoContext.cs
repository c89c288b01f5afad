using MfsHa.Demo.Cluster;
using MfsHa.Demo.Load;
using MfsHa.Demo.Model;
using MfsHa.Playground.MfsHaNodes;

namespace MfsHa.Demo.Phases;

/// <summary>What the phases work on and leave for each other.</summary>
public sealed class DemoContext(DemoCluster cluster, OperationMeter meter, Story story)
{
    public DemoCluster Cluster { get; } = cluster;

    public OperationMeter Meter { get; } = meter;

    public Story Story { get; } = story;

    /// <summary>What was acknowledged.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>The node that was killed last.</summary>
    public MfsHaNode? Victim { get; set; }

    /// <summary>The clients at work.</summary>
    public Workload? Load { get; set; }

    /// <summary>Where the workload's mount is.</summary>
    public string MountPath => Cluster.Mount?.Path ?? throw new InvalidOperationException("nothing is mounted");
}

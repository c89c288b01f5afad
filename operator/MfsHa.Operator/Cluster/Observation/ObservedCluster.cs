using System.Text.Json.Nodes;
using k8s.Models;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Observation;

/// <summary>All that one pass knows. Steps are functions of it.</summary>
public sealed record ObservedCluster
{
    /// <summary>What is wanted.</summary>
    public required V1MfsHaCluster Cluster { get; init; }

    /// <summary>What the operator was started with.</summary>
    public required OperatorSettings Settings { get; init; }

    /// <summary>The version of disruption budgets that the API server has.</summary>
    public required ApiResource DisruptionBudgets { get; init; }

    /// <summary>When it was looked.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>What is there of what the operator makes.</summary>
    public IReadOnlyDictionary<ObjectName, JsonObject> Objects { get; init; } = new Dictionary<ObjectName, JsonObject>();

    /// <summary>The stateful set; null: there is none.</summary>
    public V1StatefulSet? StatefulSet { get; init; }

    /// <summary>The cluster's pods.</summary>
    public IReadOnlyList<V1Pod> Pods { get; init; } = [];

    /// <summary>The claims of the nodes' volumes.</summary>
    public IReadOnlyList<V1PersistentVolumeClaim> Claims { get; init; } = [];

    /// <summary>Storage classes of claims that are to grow.</summary>
    public IReadOnlyList<V1StorageClass> StorageClasses { get; init; } = [];

    /// <summary>What a node says of the cluster; null: none answers.</summary>
    public ClusterStatus? Nodes { get; init; }

    /// <summary>Keys that the cluster itself holds (mfsha-admin config set), with their values; null: no node answers.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>What nodes have read of certificates, by node; null: the operator does not make them, or no node answers. Nodes that do not say are left out.</summary>
    public IReadOnlyDictionary<int, TlsDetails>? NodeTls { get; init; }

    /// <summary>The Job that fills the first volume; null: there is none, or it does not matter any more.</summary>
    public V1Job? Bootstrap { get; init; }

    /// <summary>Pods of that Job.</summary>
    public IReadOnlyList<V1Pod> BootstrapPods { get; init; } = [];

    /// <summary>What is wrong with the Secret of certificates; null: nothing, or none is wanted.</summary>
    public string? TlsFlaw { get; init; }

    /// <summary>Schedules of backups of the cluster.</summary>
    public IReadOnlyList<V1MfsHaScheduledBackup> Schedules { get; init; } = [];

    /// <summary>The restore in place that is under way; null: none.</summary>
    public V1MfsHaRestore? Restore { get; init; }

    /// <summary>Names.</summary>
    public ClusterNames Names => ClusterNames.Of(Cluster);

    /// <summary>Nodes that are members of a group.</summary>
    public IReadOnlyList<int> Members => Nodes is null ? [] : [.. Nodes.Groups.SelectMany(static g => g.Replicas).Select(static r => (int)r.Node).Distinct().Order()];

    /// <summary>
    /// Nodes that have joined: the cluster says so, or they are members of all groups. The others of <see cref="Members"/> are on their way in or out: whoever had them join may have died in the middle
    /// of it.
    /// </summary>
    public IReadOnlyList<int> FullMembers =>
        [.. Members.Where(m => Nodes!.Nodes.Any(n => n.Id == m && n.Membership is (Membership.Active or Membership.Draining)) || Nodes.Groups.All(g => g.Replicas.Any(r => r.Node == m)))];

    /// <summary>The cluster was formed and says who its members are.</summary>
    public bool IsFormed => Members.Count > 0;

    /// <summary>
    /// How many pods there have to be: as many as are wanted, and until they are no members any more those of the nodes that go. While nobody says who the
    /// members are none is taken away, also while there is no stateful set. None while a restore replaces their data.
    /// </summary>
    public int PodCount => Restore is { } restore && RestorePhase.StopsNodes(restore) ? 0
        : Math.Max(Cluster.Spec.Replicas, IsFormed && Nodes!.Groups.All(static g => g.Leader != 0) ? Members[^1] : StatefulSet?.Spec?.Replicas ?? LastKnown);

    // The status goes with the cluster: a new one of the name begins with what it wants.
    private int LastKnown => Pods.Select(p => Names.NodeOf(p.Metadata.Name) ?? 0).Concat(Cluster.Status?.Members?.Select(static m => m.Node) ?? []).DefaultIfEmpty().Max();

    /// <summary>The pod of a node; null: there is none.</summary>
    public V1Pod? PodOf(int node) => Pods.FirstOrDefault(p => p.Metadata.Name == Names.Pod(node));

    /// <summary>Where a pod's admin service is; with TLS its name, which its certificate has. Null: nowhere yet.</summary>
    public string? AddressOf(V1Pod pod) => pod.Status?.PodIP is { } address ? Cluster.Spec.Tls is null ? address : Names.HostOf(pod.Metadata.Name) : null;

    /// <summary>The claim of a node; null: there is none.</summary>
    public V1PersistentVolumeClaim? ClaimOf(int node) => Claims.FirstOrDefault(c => c.Metadata.Name == Names.Claim(node));
}

using MfsHa.Operator.Entities;
using Prometheus;

namespace MfsHa.Operator.Cluster.Status;

/// <summary>What Prometheus gets of clusters: their conditions and numbers, as their statuses have them.</summary>
public static class ClusterMetrics
{
    private static readonly Gauge _condition = Metrics.CreateGauge("mfsha_cluster_condition", "Conditions of MfsHaClusters: 1 True, 0 False.", "namespace", "cluster", "type");
    private static readonly Gauge _wanted = Metrics.CreateGauge("mfsha_cluster_nodes_wanted", "Nodes that there should be.", "namespace", "cluster");
    private static readonly Gauge _ready = Metrics.CreateGauge("mfsha_cluster_nodes_ready", "Pods that are ready.", "namespace", "cluster");
    private static readonly Gauge _backup = Metrics.CreateGauge("mfsha_cluster_last_backup_timestamp_seconds", "When the newest good scheduled backup was complete; 0: never.", "namespace", "cluster");
    private static readonly Gauge _operation = Metrics.CreateGauge("mfsha_cluster_operation", "1 while an operation is under way.", "namespace", "cluster");

    /// <summary>Shows the status of a cluster.</summary>
    public static void Show(V1MfsHaCluster cluster, MfsHaClusterStatus status)
    {
        string[] labels = [cluster.Metadata.NamespaceProperty, cluster.Metadata.Name];
        foreach (ConditionStatus condition in status.Conditions ?? [])
        {
            _condition.WithLabels([.. labels, condition.Type]).Set(condition.Status == "True" ? 1 : 0);
        }

        _wanted.WithLabels(labels).Set(cluster.Spec.Replicas);
        _ready.WithLabels(labels).Set(status.ReadyReplicas ?? 0);
        _backup.WithLabels(labels).Set(status.LastBackup?.Time is { } time ? new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeSeconds() : 0);
        _operation.WithLabels(labels).Set(status.Operation is null ? 0 : 1);
    }

    /// <summary>Forgets a cluster that is gone.</summary>
    public static void Forget(string ns, string name)
    {
        foreach (string[] labels in _condition.GetAllLabelValues().Where(l => l[0] == ns && l[1] == name).ToArray())
        {
            _condition.RemoveLabelled(labels);
        }

        foreach (Gauge gauge in new[] { _wanted, _ready, _backup, _operation })
        {
            gauge.RemoveLabelled(ns, name);
        }
    }
}

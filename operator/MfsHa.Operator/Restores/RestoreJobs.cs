using System.Globalization;
using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Restores;

/// <summary>The Jobs of a restore: one that looks at the backup, and one for each node's volume, forth and back.</summary>
public static class RestoreJobs
{
    /// <summary>Label of Jobs and of their pods: the MfsHaRestore.</summary>
    public const string RestoreLabel = "mfsha.io/restore";

    /// <summary>A Job that has not ended by then never will.</summary>
    private const int LimitSeconds = 6 * 3600;

    private const int Attempts = 3;

    /// <summary>Nothing is touched when a backup cannot be fetched.</summary>
    private const string Begin = "set -eu\n";

    /// <summary>The Job that verifies the backup.</summary>
    public static string CheckName(V1MfsHaRestore restore) => restore.Metadata.Name + "-check";

    /// <summary>The Job that replaces a node's data.</summary>
    public static string NodeName(V1MfsHaRestore restore, int node) => string.Create(CultureInfo.InvariantCulture, $"{restore.Metadata.Name}-node-{node}");

    /// <summary>The Job that puts them back.</summary>
    public static string RevertName(V1MfsHaRestore restore, int node) => string.Create(CultureInfo.InvariantCulture, $"{restore.Metadata.Name}-revert-{node}");

    /// <summary>Verifies the backup.</summary>
    public static V1Job Check(V1MfsHaRestore restore, ObservedCluster observed) => Job(
        restore,
        observed,
        CheckName(restore),
        Begin + BackupPlaces.Fetch(restore.Status!.Source) + RestoreScripts.Check,
        [Variable("BACKUP", BackupPlaces.PathOf(restore.Status.Source!)), Variable("METADATA_ID", restore.Status.MetadataId ?? ""), .. BackupPlaces.Environment(restore.Status.Source!)],
        [(BackupPlaces.Volume(restore.Status.Source!), BackupPlaces.Mount)]);

    /// <summary>Replaces a node's data.</summary>
    public static V1Job Node(V1MfsHaRestore restore, ObservedCluster observed, int node)
    {
        ClusterNames names = observed.Names;
        (V1Volume, string) data = (BackupJobRenderer.Claim("data", names.Claim(node)), Paths.Data);
        V1EnvVar[] variables = [Variable("DATA", Paths.Data), Variable("FORMER", FormerOf(restore.Status!.Former!))];
        return (restore.Status.Source, node) switch
        {
            ({ } source, 1) => Job(
                restore,
                observed,
                NodeName(restore, node),
                Begin + BackupPlaces.Fetch(source) + RestoreScripts.Fill,
                [
                    .. variables, .. BackupPlaces.Environment(source), Variable("BACKUP", BackupPlaces.PathOf(source)), Variable("CONFIG", $"{Paths.Configuration}/{Paths.ConfigurationFile}"),
                    Variable("MFSHA_NODE_ID", "1"), Variable("MFSHA_PEERS", NodeConfigurationFile.PeersOf(names, 1).Trim()),
                ],
                [
                    data,
                    (BackupPlaces.Volume(source), BackupPlaces.Mount),
                    (new V1Volume { Name = "config", ConfigMap = new V1ConfigMapVolumeSource { Name = names.Configuration } }, Paths.Configuration),
                ]),
            ({ }, _) => Job(restore, observed, NodeName(restore, node), RestoreScripts.Aside, variables, [data]),
            _ => Job(restore, observed, NodeName(restore, node), RestoreScripts.PutBack, [.. variables, Variable("SOURCE", FormerOf(restore.Spec.Former!))], [data]),
        };
    }

    /// <summary>Puts a node's data back.</summary>
    public static V1Job Revert(V1MfsHaRestore restore, ObservedCluster observed, int node) => Job(
        restore,
        observed,
        RevertName(restore, node),
        RestoreScripts.Revert,
        [Variable("DATA", Paths.Data), Variable("FORMER", FormerOf(restore.Status!.Former!)), Variable("REPLACED", "replaced-" + restore.Status.Former)],
        [(BackupJobRenderer.Claim("data", observed.Names.Claim(node)), Paths.Data)]);

    private static V1Job Job(
        V1MfsHaRestore restore, ObservedCluster observed, string name, string script, IEnumerable<V1EnvVar> variables, IReadOnlyList<(V1Volume Volume, string Path)> volumes)
    {
        // Not the nodes' labels: its pod is none of them.
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { [ClusterNames.ManagedByLabel] = ClusterNames.Operator, [RestoreLabel] = restore.Metadata.Name };
        var resource = ApiResource.Of<V1Job>();
        return new V1Job
        {
            ApiVersion = resource.ApiVersion,
            Kind = resource.Kind,
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = observed.Names.Namespace,
                Labels = labels,
                OwnerReferences =
                [
                    new V1OwnerReference { ApiVersion = restore.ApiVersion, Kind = restore.Kind, Name = restore.Metadata.Name, Uid = restore.Metadata.Uid, Controller = true, BlockOwnerDeletion = true },
                ],
            },
            Spec = new V1JobSpec
            {
                BackoffLimit = Attempts - 1,
                ActiveDeadlineSeconds = LimitSeconds,
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels },
                    Spec = BackupJobRenderer.Pod(observed.Names.Account, StatefulSetRenderer.ImageOf(observed), script, variables, volumes),
                },
            },
        };
    }

    private static string FormerOf(string name) => "former-" + name;

    private static V1EnvVar Variable(string name, string value) => new() { Name = name, Value = value };
}

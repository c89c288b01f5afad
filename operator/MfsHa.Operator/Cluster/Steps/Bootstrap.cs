using System.Globalization;
using k8s;
using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>
/// A new cluster from a backup, or from a mfsmaster's metadata: a Job fills the first node's volume before there is any node; the others join it. Once there is a stateful set this is over
/// for good: a node that loses its volume later must never get the old state back.
/// </summary>
public static class Bootstrap
{
    /// <summary>Annotation of the claim that is filled: uid of the cluster that it is filled for.</summary>
    public const string ClaimAnnotation = "mfsha.io/bootstrap";

    // The volume is the node's: what a former attempt has left is an unfinished directory, which the program refuses, or a finished one, which is what is wanted.
    private const string Begin = """
        set -eu
        if [ -e "$DONE" ]; then exit 0; fi

        """;

    private const string Fill = """
        mfsha -c "$CONFIG" "$@"
        touch "$DONE"
        """;

    /// <summary>Done, or what is in the way.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        // A stateful set may be away for a moment (Growth); a cluster that has had members has them.
        if (observed.Cluster.Spec.Bootstrap is not { } bootstrap || observed.StatefulSet is not null || observed.Pods.Count > 0 || observed.Cluster.Status?.MetadataId is not null)
        {
            return StepResult.Go();
        }

        (BackupFile File, string[] Arguments)? source = bootstrap switch
        {
            { FromBackup: { } backup, FromMetadata: null } => (backup, ["--restore-cluster", "--node-id=1", "--backup=" + BackupPlaces.PathOf(backup)]),
            { FromMetadata: { } metadata, FromBackup: null } => (metadata, ["--import-metadata", BackupPlaces.PathOf(metadata)]),
            _ => null,
        };
        if (source is not { } wanted)
        {
            return StepResult.Fail("spec.bootstrap: one of fromBackup and fromMetadata expected");
        }

        string uid = observed.Cluster.Metadata.Uid;
        if (observed.Claims.FirstOrDefault(c => c.Metadata.Annotations?.TryGetValue(ClaimAnnotation, out string? filledFor) != true || filledFor != uid) is { } left)
        {
            return StepResult.Fail($"spec.bootstrap: claim {left.Metadata.Name} of a former cluster is there: delete it, or leave out spec.bootstrap to go on with that cluster");
        }

        if (observed.Bootstrap is { } job && JobOutcome.Of(job, observed.BootstrapPods) is { } outcome)
        {
            return outcome.IsDone
                ? StepResult.Go()
                : StepResult.Fail($"spec.bootstrap: {outcome.Message}; delete Job {observed.Names.Bootstrap} and claim {observed.Names.Claim(1)} to try it again");
        }

        return StepResult.WaitFor(
            string.Create(CultureInfo.InvariantCulture, $"the volume of node 1 is filled from {wanted.File.Path}"),
            [.. Ensure(observed, Claim(observed)), .. observed.Bootstrap is null ? Ensure(observed, Job(observed, wanted.File, wanted.Arguments)) : []]);
    }

    private static IEnumerable<ClusterAction> Ensure<T>(ObservedCluster observed, T entity)
        where T : IKubernetesObject<V1ObjectMeta> =>
        observed.Claims.Any(c => entity is V1PersistentVolumeClaim && c.Metadata.Name == entity.Metadata.Name) ? [] : Desired.Ensure(observed, ApiResource.Of<T>(), entity);

    // As the stateful set would make it; it stays when the cluster goes.
    private static V1PersistentVolumeClaim Claim(ObservedCluster observed)
    {
        V1PersistentVolumeClaim claim = StatefulSetRenderer.Claim(observed);
        claim.Metadata = new V1ObjectMeta
        {
            Name = observed.Names.Claim(1),
            NamespaceProperty = observed.Names.Namespace,
            Labels = observed.Names.Labels,
            Annotations = new Dictionary<string, string> { [ClaimAnnotation] = observed.Cluster.Metadata.Uid },
        };
        return claim;
    }

    private static V1Job Job(ObservedCluster observed, BackupFile file, string[] arguments)
    {
        ClusterNames names = observed.Names;
        V1PodSpec pod = BackupJobRenderer.Pod(
            names.Account,
            StatefulSetRenderer.ImageOf(observed),
            Begin + BackupPlaces.Fetch(file) + Fill,
            [
                new V1EnvVar { Name = "CONFIG", Value = $"{Paths.Configuration}/{Paths.ConfigurationFile}" },
                new V1EnvVar { Name = "DONE", Value = $"{Paths.Data}/bootstrapped" },
                .. BackupPlaces.Environment(file),
                new V1EnvVar { Name = "MFSHA_NODE_ID", Value = "1" },
                new V1EnvVar { Name = "MFSHA_PEERS", Value = NodeConfigurationFile.PeersOf(names, 1).Trim() },
            ],
            (BackupJobRenderer.Claim("data", names.Claim(1)), Paths.Data),
            (BackupPlaces.Volume(file), BackupPlaces.Mount),
            (new V1Volume { Name = "config", ConfigMap = new V1ConfigMapVolumeSource { Name = names.Configuration } }, Paths.Configuration));
        pod.Containers[0].Command = [.. pod.Containers[0].Command, "bootstrap", .. arguments];
        V1ObjectMeta metadata = Desired.Metadata(observed.Cluster, names.Bootstrap);

        // Not the nodes' labels: its pod is none of them.
        metadata.Labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { [ClusterNames.ManagedByLabel] = ClusterNames.Operator };
        return new V1Job
        {
            Metadata = metadata,

            // A store that does not answer at once is asked again; a file on a volume stays what it is.
            Spec = new V1JobSpec { BackoffLimit = file.S3 is null ? 0 : 2, Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = metadata.Labels }, Spec = pod } },
        };
    }}

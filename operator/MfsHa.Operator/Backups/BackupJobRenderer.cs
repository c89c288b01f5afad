using k8s.Models;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Backups;

/// <summary>Jobs that make backups, and the one that makes a new cluster's first volume of one. Values reach the shell as variables only.</summary>
public static class BackupJobRenderer
{
    /// <summary>Label of a Job: the MfsHaBackup that it makes.</summary>
    public const string BackupLabel = "mfsha.io/backup";

    /// <summary>Label of a Job: the MfsHaScheduledBackup that it belongs to.</summary>
    public const string ScheduleLabel = "mfsha.io/schedule";

    /// <summary>File by which a container says how it ended (Kubernetes' default).</summary>
    private const string TerminationLog = "/dev/termination-log";

    /// <summary>A Job that has not ended by then never will; the next one is not to wait for it.</summary>
    private const int LimitSeconds = 6 * 3600;

    /// <summary>The Job of one backup.</summary>
    public static V1Job Job(V1MfsHaBackup backup, V1MfsHaCluster cluster, string image)
    {
        ClusterNames names = ClusterNames.Of(cluster);
        string uid = backup.Metadata.Uid is { Length: >= 8 } known ? known[..8] : "0";
        return new V1Job
        {
            Metadata = Metadata(backup.ApiVersion, backup.Kind, backup.Metadata, JobName(backup.Metadata.Name), BackupLabel),
            Spec = JobSpec(
                cluster,
                image,
                backup.Spec.Target,
                BackupLabel,
                backup.Metadata.Name,
                backup.Spec.Target.S3 is null ? BackupScripts.Once : BackupScripts.OnceInStore,
                [new V1EnvVar { Name = "FILE", Value = $"{Folder(names, backup.Spec.Target)}/{names.Name}-{backup.Metadata.Name}-{uid}.mfs" }]),
        };
    }

    /// <summary>The CronJob of a schedule, without apiVersion: that depends on the server.</summary>
    public static V1CronJob CronJob(V1MfsHaScheduledBackup schedule, V1MfsHaCluster cluster, string image)
    {
        ClusterNames names = ClusterNames.Of(cluster);
        V1EnvVar[] retention =
        [
            new() { Name = "FOLDER", Value = Folder(names, schedule.Spec.Target) },
            new() { Name = "PREFIX", Value = $"{names.Name}-{schedule.Metadata.Name}-" },
            new() { Name = "KEEP", Value = schedule.Spec.Keep.ToString(System.Globalization.CultureInfo.InvariantCulture) },
            new() { Name = "KEEP_DAYS", Value = schedule.Spec.KeepDays?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "36500" },
        ];
        string script = schedule.Spec.Target.S3 is null ? BackupScripts.Scheduled : BackupScripts.ScheduledInStore;
        return new V1CronJob
        {
            Metadata = Metadata(schedule.ApiVersion, schedule.Kind, schedule.Metadata, schedule.Metadata.Name, ScheduleLabel),
            Spec = new V1CronJobSpec
            {
                Schedule = schedule.Spec.Schedule,
                Suspend = schedule.Spec.Suspend,
                ConcurrencyPolicy = "Forbid",
                StartingDeadlineSeconds = 3600,
                SuccessfulJobsHistoryLimit = 3,
                FailedJobsHistoryLimit = 3,
                JobTemplate = new V1JobTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = Labels(ScheduleLabel, schedule.Metadata.Name) },
                    Spec = JobSpec(cluster, image, schedule.Spec.Target, ScheduleLabel, schedule.Metadata.Name, script, retention),
                },
            },
        };
    }

    /// <summary>Name of a backup's Job.</summary>
    public static string JobName(string backup) => backup + "-backup";

    /// <summary>The pod of a Job that runs one of a node's programs.</summary>
    /// <param name="account">Its service account.</param>
    /// <param name="image">The nodes' image.</param>
    /// <param name="script">For /bin/sh.</param>
    /// <param name="environment">Its variables.</param>
    /// <param name="volumes">Volumes with where they are mounted.</param>
    public static V1PodSpec Pod(string account, string image, string script, IEnumerable<V1EnvVar> environment, params IReadOnlyList<(V1Volume Volume, string Path)> volumes) => new()
    {
        RestartPolicy = "Never",
        ServiceAccountName = account,
        AutomountServiceAccountToken = false,
        EnableServiceLinks = false,
        SecurityContext = StatefulSetRenderer.PodSecurity(),
        Containers =
        [
            new V1Container
            {
                Name = "backup",
                Image = image,
                ImagePullPolicy = "IfNotPresent",
                Command = ["/bin/sh", "-c", script],
                Env = [.. environment],
                TerminationMessagePath = TerminationLog,
                TerminationMessagePolicy = "FallbackToLogsOnError",
                VolumeMounts = [.. volumes.Select(static v => new V1VolumeMount { Name = v.Volume.Name, MountPath = v.Path }), new V1VolumeMount { Name = "tmp", MountPath = "/tmp" }],
                SecurityContext = StatefulSetRenderer.ContainerSecurity(),
            },
        ],
        Volumes = [.. volumes.Select(static v => v.Volume), new V1Volume { Name = "tmp", EmptyDir = new V1EmptyDirVolumeSource { SizeLimit = new ResourceQuantity("64Mi") } }],
    };

    /// <summary>A claim as a pod's volume.</summary>
    public static V1Volume Claim(string name, string claim) => new() { Name = name, PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = claim } };

    private static V1JobSpec JobSpec(V1MfsHaCluster cluster, string image, BackupTarget target, string label, string owner, string script, IEnumerable<V1EnvVar> environment)
    {
        ClusterNames names = ClusterNames.Of(cluster);
        return new V1JobSpec
        {
            BackoffLimit = 2,
            ActiveDeadlineSeconds = LimitSeconds,
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = Labels(label, owner) },
                Spec = Pod(
                    names.Account,
                    image,
                    script,
                    [

                        // One by one: a name of all would lead to a pod that has just gone, or has not come yet.
                        new V1EnvVar { Name = "NODES", Value = string.Join(',', Enumerable.Range(1, cluster.Spec.Replicas).Select(names.Host)) },
                        new V1EnvVar { Name = "MFSHA_AUTH_TOKEN_FILE", Value = $"{Paths.Token}/{Paths.TokenFile}" },
                        .. TlsRenderer.Environment(cluster.Spec.Tls, isNode: false),
                        .. BackupPlaces.Environment(target.S3),
                        new V1EnvVar { Name = "ROOM", Value = BackupPlaces.Mount },
                        new V1EnvVar { Name = "REPORT", Value = TerminationLog },
                        .. environment,
                    ],
                    [
                        (BackupPlaces.Volume(target), BackupPlaces.Mount),
                        (new V1Volume { Name = "token", Secret = new V1SecretVolumeSource { SecretName = names.Token } }, Paths.Token),
                        .. TlsRenderer.Volumes(names, cluster.Spec.Tls),
                    ]),
            },
        };
    }

    private static string Folder(ClusterNames names, BackupTarget target) => $"{(target.S3 is null ? BackupPlaces.Mount + "/" : "")}{target.Directory ?? names.Name}";

    private static V1ObjectMeta Metadata(string apiVersion, string kind, V1ObjectMeta owner, string name, string label) => new()
    {
        Name = name,
        NamespaceProperty = owner.NamespaceProperty,
        Labels = Labels(label, owner.Name),
        OwnerReferences = [new V1OwnerReference { ApiVersion = apiVersion, Kind = kind, Name = owner.Name, Uid = owner.Uid, Controller = true, BlockOwnerDeletion = true }],
    };

    private static SortedDictionary<string, string> Labels(string label, string owner) =>
        new(StringComparer.Ordinal) { [ClusterNames.ManagedByLabel] = ClusterNames.Operator, [label] = owner };
}

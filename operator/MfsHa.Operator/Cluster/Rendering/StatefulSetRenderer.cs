using k8s.Models;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster.Rendering;

/// <summary>The stateful set of a cluster's nodes.</summary>
public static class StatefulSetRenderer
{
    /// <summary>User of the image (Dockerfile.node).</summary>
    private const long User = 10001;

    private const string DataVolume = "data";
    private const string ConfigurationVolume = "config";
    private const string TokenVolume = "token";
    private const string TemporaryVolume = "tmp";
    private const string Hash = "mfsha.io/config";

    // A pod's ordinal is the number of its node, less one.
    private const string NodeId = "$((${POD_NAME##*-}+1))";

    /// <summary>The stateful set, without apiVersion and kind.</summary>
    public static V1StatefulSet Render(ObservedCluster observed)
    {
        V1MfsHaCluster cluster = observed.Cluster;
        ClusterNames names = observed.Names;
        return new V1StatefulSet
        {
            Metadata = Desired.Metadata(cluster, names.Nodes),
            Spec = new V1StatefulSetSpec
            {
                Replicas = observed.PodCount,
                ServiceName = names.Peers,

                // Nodes need each other to become ready, and the operator decides which pod is replaced when.
                PodManagementPolicy = "Parallel",
                UpdateStrategy = new V1StatefulSetUpdateStrategy { Type = "OnDelete" },
                Selector = new V1LabelSelector { MatchLabels = names.Selector },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta
                    {
                        Labels = names.Labels,
                        Annotations = Annotations(cluster),
                    },
                    Spec = Pod(observed),
                },
                VolumeClaimTemplates = [Template(observed)],
            },
        };
    }

    /// <summary>The claim of each node's volume, as a template.</summary>
    public static V1PersistentVolumeClaim Claim(ObservedCluster observed) => new()
    {
        ApiVersion = "v1",
        Kind = "PersistentVolumeClaim",
        Metadata = new V1ObjectMeta { Name = DataVolume, Labels = observed.Names.Labels },
        Spec = new V1PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = observed.Cluster.Spec.Storage.StorageClassName,
            Resources = new V1VolumeResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new(observed.Cluster.Spec.Storage.Size) } },
        },
    };

    // It cannot be changed: when volumes have grown the set is made anew (Growth).
    private static V1PersistentVolumeClaim Template(ObservedCluster observed)
    {
        V1PersistentVolumeClaim claim = Claim(observed);
        if (observed.StatefulSet?.Spec.VolumeClaimTemplates is [{ Spec.Resources.Requests: { } present }, ..] && present.TryGetValue("storage", out ResourceQuantity? size)
            && size.ToDecimal() != claim.Spec.Resources.Requests["storage"].ToDecimal())
        {
            claim.Spec.Resources.Requests["storage"] = size;
        }

        return claim;
    }

    /// <summary>Image of the nodes.</summary>
    public static string ImageOf(ObservedCluster observed) => observed.Cluster.Spec.Image ?? observed.Settings.NodeImage;

    /// <summary>Of all pods that run the nodes' image.</summary>
    public static V1PodSecurityContext PodSecurity() => new() { RunAsNonRoot = true, RunAsUser = User, RunAsGroup = User, FsGroup = User, FsGroupChangePolicy = "OnRootMismatch" };

    /// <summary>Of all containers that run the nodes' image.</summary>
    public static V1SecurityContext ContainerSecurity() => new() { ReadOnlyRootFilesystem = true, AllowPrivilegeEscalation = false, Capabilities = new V1Capabilities { Drop = ["ALL"] } };

    private static Dictionary<string, string> Annotations(V1MfsHaCluster cluster)
    {
        var annotations = new Dictionary<string, string> { [Hash] = Desired.HashOf(NodeConfigurationFile.Of(cluster) + "\n" + cluster.Spec.Exports) };
        if (cluster.Metadata.Annotations?.TryGetValue(V1MfsHaCluster.RestartedAnnotation, out string? restarted) == true)
        {
            annotations[V1MfsHaCluster.RestartedAnnotation] = restarted;
        }

        return annotations;
    }

    private static V1PodSpec Pod(ObservedCluster observed)
    {
        V1MfsHaCluster cluster = observed.Cluster;
        ClusterNames names = observed.Names;
        return new V1PodSpec
        {
            ServiceAccountName = names.Account,
            AutomountServiceAccountToken = false,

            // A service "mfsha" would otherwise set MFSHA_PORT in every pod.
            EnableServiceLinks = false,
            TerminationGracePeriodSeconds = 60,
            PriorityClassName = cluster.Spec.PriorityClassName,
            NodeSelector = cluster.Spec.NodeSelector,
            SecurityContext = PodSecurity(),
            Affinity = Affinity(cluster.Spec.Topology.AntiAffinity, names),
            TopologySpreadConstraints = cluster.Spec.Topology.SpreadKey is { } key
                ? [new V1TopologySpreadConstraint { MaxSkew = 1, TopologyKey = key, WhenUnsatisfiable = "ScheduleAnyway", LabelSelector = new V1LabelSelector { MatchLabels = names.Selector } }]
                : null,
            Containers = [Container(observed)],
            Volumes =
            [
                new V1Volume { Name = ConfigurationVolume, ConfigMap = new V1ConfigMapVolumeSource { Name = names.Configuration } },
                new V1Volume { Name = TokenVolume, Secret = new V1SecretVolumeSource { SecretName = names.Token } },
                .. TlsRenderer.Volumes(names, cluster.Spec.Tls).Select(static v => v.Volume),
                new V1Volume { Name = TemporaryVolume, EmptyDir = new V1EmptyDirVolumeSource { SizeLimit = new ResourceQuantity("64Mi") } },
            ],
        };
    }

    private static V1Container Container(ObservedCluster observed)
    {
        V1MfsHaCluster cluster = observed.Cluster;

        // A certificate names the pod, and not 127.0.0.1.
        string ownHost = cluster.Spec.Tls is null ? "" : $" --host={observed.Names.HostOf("$POD_NAME")}";
        return new V1Container
        {
            Name = "mfsha",
            Image = ImageOf(observed),
            ImagePullPolicy = cluster.Spec.ImagePullPolicy ?? "IfNotPresent",
            Command = ["/bin/sh", "-c", $"MFSHA_NODE_ID={NodeId} MFSHA_PEERS=$(cat {Paths.Configuration}/{Paths.PeersFile}) MFSHA_FORM_CLUSTER=$(cat {Paths.Configuration}/{Paths.FormFile}) exec {Paths.Programs}/mfsha -c {Paths.Configuration}/{Paths.ConfigurationFile} -f start"],
            Env =
            [
                new V1EnvVar { Name = "POD_NAME", ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { ApiVersion = "v1", FieldPath = "metadata.name" } } },

                // For the node, and for mfsha-admin in its container.
                new V1EnvVar { Name = "MFSHA_AUTH_TOKEN_FILE", Value = $"{Paths.Token}/{Paths.TokenFile}" },
                .. TlsRenderer.Environment(cluster.Spec.Tls, isNode: true),
            ],
            Ports =
            [
                Port("metaloggers", Ports.MetaLoggers), Port("chunkservers", Ports.ChunkServers), Port("clients", Ports.Clients), Port("nodes", Ports.Nodes), Port("admin", Ports.Admin),
            ],
            Resources = Resources(cluster.Spec.Resources),
            VolumeMounts =
            [
                new V1VolumeMount { Name = DataVolume, MountPath = Paths.Data },
                new V1VolumeMount { Name = ConfigurationVolume, MountPath = Paths.Configuration, ReadOnlyProperty = true },
                new V1VolumeMount { Name = TokenVolume, MountPath = Paths.Token, ReadOnlyProperty = true },
                .. TlsRenderer.Volumes(observed.Names, cluster.Spec.Tls).Select(static v => new V1VolumeMount { Name = v.Volume.Name, MountPath = v.Path, ReadOnlyProperty = true }),
                new V1VolumeMount { Name = TemporaryVolume, MountPath = "/tmp" },
            ],

            // Alive, however long it takes to read the disk: a node that replays must not be killed.
            StartupProbe = Probe(cluster, "/healthz", period: 2, timeout: 2, failures: 900),
            LivenessProbe = Probe(cluster, "/healthz", period: 10, timeout: 5, failures: 6),
            ReadinessProbe = Probe(cluster, "/readyz", period: 2, timeout: 2, failures: 3),
            Lifecycle = new V1Lifecycle
            {
                PreStop = new V1LifecycleHandler
                {
                    // Clients notice less of a leader that leaves than of one that is gone.
                    Exec = new V1ExecAction { Command = ["/bin/sh", "-c", $"{Paths.Programs}/mfsha-admin force-leader-election{ownHost} --node-id={NodeId} --timeout 10 || true"] },
                },
            },
            SecurityContext = ContainerSecurity(),
        };
    }

    private static V1ContainerPort Port(string name, int port) => new() { Name = name, ContainerPort = port, Protocol = "TCP" };

    private static V1Probe Probe(V1MfsHaCluster cluster, string path, int period, int timeout, int failures) => new()
    {
        // A kubelet shows no certificate, and checks none.
        HttpGet = new V1HTTPGetAction { Path = path, Port = Ports.Admin, Scheme = cluster.Spec.Tls is null ? null : "HTTPS" },
        PeriodSeconds = period,
        TimeoutSeconds = timeout,
        FailureThreshold = failures,
    };

    private static V1ResourceRequirements? Resources(ResourcesSpec? resources) => resources is null
        ? null
        : new V1ResourceRequirements { Requests = Quantities(resources.Requests), Limits = Quantities(resources.Limits) };

    private static Dictionary<string, ResourceQuantity>? Quantities(IDictionary<string, string>? values) =>
        values?.OrderBy(static v => v.Key, StringComparer.Ordinal).ToDictionary(static v => v.Key, static v => new ResourceQuantity(v.Value));

    private static V1Affinity? Affinity(string kind, ClusterNames names)
    {
        var term = new V1PodAffinityTerm { TopologyKey = "kubernetes.io/hostname", LabelSelector = new V1LabelSelector { MatchLabels = names.Selector } };
        return kind switch
        {
            "Required" => new V1Affinity { PodAntiAffinity = new V1PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [term] } },
            "Preferred" => new V1Affinity
            {
                PodAntiAffinity = new V1PodAntiAffinity { PreferredDuringSchedulingIgnoredDuringExecution = [new V1WeightedPodAffinityTerm { Weight = 100, PodAffinityTerm = term }] },
            },
            _ => null,
        };
    }
}

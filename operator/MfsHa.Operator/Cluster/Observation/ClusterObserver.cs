using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Cluster.Steps;
using MfsHa.Operator.Entities;
using MfsHa.Operator.NodeCalls;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Security;

namespace MfsHa.Operator.Cluster.Observation;

/// <summary>Looks at everything that a pass has to know, freshly: decisions about members and pods are not made from copies that may be old.</summary>
public sealed class ClusterObserver(IApiClient api, INodeAdmin admin, OperatorSettings settings, ApiResource disruptionBudgets, TimeProvider clock)
{
    /// <summary>Looks.</summary>
    public async Task<(ObservedCluster Observed, NodeAccess Access)> ObserveAsync(V1MfsHaCluster cluster, CancellationToken cancellation)
    {
        ClusterNames names = ClusterNames.Of(cluster);
        var objects = new Dictionary<ObjectName, JsonObject>();
        foreach ((ApiResource resource, string name) in Owned(names, disruptionBudgets))
        {
            if (await api.GetAsync<JsonObject>(resource, new ObjectKey(names.Namespace, name), cancellation).ConfigureAwait(false) is { } live)
            {
                objects[new ObjectName(resource.Kind, name)] = live;
            }
        }

        // Those of single nodes: also of nodes that are gone.
        EntityList<JsonObject> services = await api.ListAsync<JsonObject>(ApiResource.Of<V1Service>(), names.Namespace, $"{names.SelectorText},{ClusterNames.NodeLabel}", cancellation).ConfigureAwait(false);
        foreach (JsonObject service in services.Items)
        {
            // What is in a list does not say of what kind it is.
            (service["apiVersion"], service["kind"]) = ("v1", "Service");
            objects[new ObjectName("Service", service["metadata"]!["name"]!.GetValue<string>())] = service;
        }

        EntityList<V1Pod> pods = await api.ListAsync<V1Pod>(ApiResource.Of<V1Pod>(), names.Namespace, names.SelectorText, cancellation).ConfigureAwait(false);
        EntityList<V1PersistentVolumeClaim> claims =
            await api.ListAsync<V1PersistentVolumeClaim>(ApiResource.Of<V1PersistentVolumeClaim>(), names.Namespace, names.SelectorText, cancellation).ConfigureAwait(false);
        (TlsCredentials? tls, string? tlsFlaw) = await TlsAsync(cluster, objects, cancellation).ConfigureAwait(false);
        var access = new NodeAccess(
            [
                .. pods.Items.Where(p => p.Status?.Phase == "Running" && p.Status.PodIP is not null && (cluster.Spec.Tls is null || tls is not null)).OrderByDescending(PodState.IsReady)

                    // One that waits on an empty volume knows nothing of the cluster.
                    .ThenBy(p => LostVolumes.IsAnother(cluster, names.NodeOf(p.Metadata.Name), claims.Items.FirstOrDefault(c => names.NodeOf(c.Metadata.Name) == names.NodeOf(p.Metadata.Name))))
                    .Select(p => tls is null ? p.Status.PodIP : names.HostOf(p.Metadata.Name)),
            ],
            TokenOf(objects.GetValueOrDefault(new ObjectName("Secret", names.Token))),
            tls);
        ClusterStatus? nodes = await admin.StatusAsync(access, cancellation).ConfigureAwait(false);
        bool mayBootstrap = cluster.Spec.Bootstrap is not null && !objects.ContainsKey(new ObjectName("StatefulSet", names.Nodes));
        var observed = new ObservedCluster
        {
            Cluster = cluster,
            Settings = settings,
            DisruptionBudgets = disruptionBudgets,
            Now = clock.GetUtcNow(),
            Objects = objects,
            StatefulSet = objects.TryGetValue(new ObjectName("StatefulSet", names.Nodes), out JsonObject? set) ? KubernetesJson.Deserialize<V1StatefulSet>(set.ToJsonString()) : null,
            Pods = [.. pods.Items.OrderBy(p => names.NodeOf(p.Metadata.Name))],
            Claims = [.. claims.Items.OrderBy(c => names.NodeOf(c.Metadata.Name))],
            Bootstrap = mayBootstrap ? await api.GetAsync<V1Job>(ApiResource.Of<V1Job>(), new ObjectKey(names.Namespace, names.Bootstrap), cancellation).ConfigureAwait(false) : null,
            BootstrapPods = mayBootstrap
                ? [.. (await api.ListAsync<V1Pod>(ApiResource.Of<V1Pod>(), names.Namespace, $"job-name={names.Bootstrap}", cancellation).ConfigureAwait(false)).Items]
                : [],
            Schedules = [.. (await OtherKinds.ListAsync<V1MfsHaScheduledBackup>(api, names.Namespace, cancellation).ConfigureAwait(false)).Where(s => s.Spec.Cluster == names.Name)],
            Restore = (await OtherKinds.ListAsync<V1MfsHaRestore>(api, names.Namespace, cancellation).ConfigureAwait(false))
                .FirstOrDefault(r => r.Spec.Cluster == names.Name && RestorePhase.IsUnderWay(r)),
            TlsFlaw = tlsFlaw,
            Nodes = nodes,
            NodeTls = nodes is not null && cluster.Spec.Tls is { IsOperators: true } ? await admin.CertificatesAsync(access, cancellation).ConfigureAwait(false) : null,
            Options = nodes is null ? null : await admin.OptionsAsync(access, cancellation).ConfigureAwait(false),
        };
        return (Growth.IsWanted(observed) ? observed with { StorageClasses = await ClassesAsync(observed.Claims, cancellation).ConfigureAwait(false) } : observed, access);
    }

    /// <summary>All single objects of a cluster.</summary>
    public static IEnumerable<(ApiResource Resource, string Name)> Owned(ClusterNames names, ApiResource disruptionBudgets) =>
    [
        (ApiResource.Of<V1StatefulSet>(), names.Nodes),
        (disruptionBudgets, names.Nodes),
        (ApiResource.Of<V1Service>(), names.Nodes),
        (ApiResource.Of<V1Service>(), names.Peers),
        (ApiResource.Of<V1ConfigMap>(), names.Configuration),
        (ApiResource.Of<V1Secret>(), names.Token),
        (ApiResource.Of<V1Secret>(), names.Authority),
        (ApiResource.Of<V1Secret>(), names.Certificates),
        (ApiResource.Of<V1ServiceAccount>(), names.Account),
    ];

    private async Task<IReadOnlyList<V1StorageClass>> ClassesAsync(IEnumerable<V1PersistentVolumeClaim> claims, CancellationToken cancellation)
    {
        var found = new List<V1StorageClass>();
        foreach (string name in claims.Select(static c => c.Spec.StorageClassName).Where(static n => !string.IsNullOrEmpty(n)).Distinct())
        {
            if (await api.GetAsync<V1StorageClass>(ApiResource.Of<V1StorageClass>(), name, cancellation).ConfigureAwait(false) is { } storageClass)
            {
                found.Add(storageClass);
            }
        }

        return found;
    }

    private async Task<(TlsCredentials? Credentials, string? Flaw)> TlsAsync(V1MfsHaCluster cluster, Dictionary<ObjectName, JsonObject> objects, CancellationToken cancellation)
    {
        ClusterNames names = ClusterNames.Of(cluster);
        if (cluster.Spec.Tls is not { } tls || TlsRenderer.SecretOf(names, tls) is not { Length: > 0 } name)
        {
            return (null, null);
        }

        if (!tls.IsOperators)
        {
            return TlsOf(name, await api.GetAsync<JsonObject>(ApiResource.Of<V1Secret>(), new ObjectKey(names.Namespace, name), cancellation).ConfigureAwait(false));
        }

        // What is missing or broken there is made anew.
        return (TlsOf(name, objects.GetValueOrDefault(new ObjectName("Secret", name))).Credentials, null);
    }

    // Read in every pass: it may have been renewed.
    private static (TlsCredentials? Credentials, string? Flaw) TlsOf(string name, JsonObject? secret)
    {
        string[] files = [Paths.AuthoritiesFile, Paths.CertificateFile, Paths.KeyFile];
        string[] data = [.. files.Select(f => secret?["data"]?[f]?.GetValue<string>() ?? "")];
        if (Array.FindIndex(data, static d => d.Length == 0) is >= 0 and var missing)
        {
            return (null, $"Secret {name} with {files[missing]} expected, found none");
        }

        try
        {
            return (TlsCredentials.Read(new TlsFiles(files[0], files[1], files[2]), [.. data.Select(Convert.FromBase64String)]), null);
        }
        catch (SecurityFileException e)
        {
            return (null, $"Secret {name}: {e.Message}");
        }
    }

    // The first line is shown, all are accepted.
    private static string? TokenOf(JsonObject? secret) =>
        secret?["data"]?[Paths.TokenFile]?.GetValue<string>() is { } data
            ? Encoding.UTF8.GetString(Convert.FromBase64String(data)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault()
            : null;
}

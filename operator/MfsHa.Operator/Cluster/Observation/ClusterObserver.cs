using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;
using MfsHa.Operator.NodeCalls;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Observation;

/// <summary>Looks at everything that a pass has to know, freshly: decisions about members and pods are not made from copies that may be old.</summary>
public sealed class ClusterObserver(IApiClient api, INodeAdmin admin, OperatorSettings settings, ApiResource disruptionBudgets)
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

        EntityList<V1Pod> pods = await api.ListAsync<V1Pod>(ApiResource.Of<V1Pod>(), names.Namespace, names.SelectorText, cancellation).ConfigureAwait(false);
        EntityList<V1PersistentVolumeClaim> claims =
            await api.ListAsync<V1PersistentVolumeClaim>(ApiResource.Of<V1PersistentVolumeClaim>(), names.Namespace, names.SelectorText, cancellation).ConfigureAwait(false);
        var access = new NodeAccess(
            [.. pods.Items.Where(static p => p.Status?.Phase == "Running" && p.Status.PodIP is not null).OrderByDescending(PodState.IsReady).Select(static p => p.Status.PodIP)],
            TokenOf(objects.GetValueOrDefault(new ObjectName("Secret", names.Token))));
        ClusterStatus? nodes = await admin.StatusAsync(access, cancellation).ConfigureAwait(false);
        bool mayBootstrap = cluster.Spec.Bootstrap is not null && !objects.ContainsKey(new ObjectName("StatefulSet", names.Nodes));
        EntityList<V1MfsHaScheduledBackup> schedules =
            await api.ListAsync<V1MfsHaScheduledBackup>(ApiResource.Of<V1MfsHaScheduledBackup>(), names.Namespace, labelSelector: null, cancellation).ConfigureAwait(false);
        return (
            new ObservedCluster
            {
                Cluster = cluster,
                Settings = settings,
                DisruptionBudgets = disruptionBudgets,
                Objects = objects,
                StatefulSet = objects.TryGetValue(new ObjectName("StatefulSet", names.Nodes), out JsonObject? set) ? KubernetesJson.Deserialize<V1StatefulSet>(set.ToJsonString()) : null,
                Pods = [.. pods.Items.OrderBy(p => names.NodeOf(p.Metadata.Name))],
                Claims = [.. claims.Items.OrderBy(c => names.NodeOf(c.Metadata.Name))],
                Bootstrap = mayBootstrap ? await api.GetAsync<V1Job>(ApiResource.Of<V1Job>(), new ObjectKey(names.Namespace, names.Bootstrap), cancellation).ConfigureAwait(false) : null,
                BootstrapPods = mayBootstrap
                    ? [.. (await api.ListAsync<V1Pod>(ApiResource.Of<V1Pod>(), names.Namespace, $"job-name={names.Bootstrap}", cancellation).ConfigureAwait(false)).Items]
                    : [],
                Schedules = [.. schedules.Items.Where(s => s.Spec.Cluster == names.Name)],
                Nodes = nodes,
                Options = nodes is null ? null : await admin.OptionsAsync(access, cancellation).ConfigureAwait(false),
            },
            access);
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
        (ApiResource.Of<V1ServiceAccount>(), names.Account),
    ];

    // The first line is shown, all are accepted.
    private static string? TokenOf(JsonObject? secret) =>
        secret?["data"]?[Paths.TokenFile]?.GetValue<string>() is { } data
            ? Encoding.UTF8.GetString(Convert.FromBase64String(data)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault()
            : null;
}

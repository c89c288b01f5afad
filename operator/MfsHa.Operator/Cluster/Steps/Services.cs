using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>Two services: names for the pods, so that nodes find each other before they are ready; and one address for clients and chunkservers. On request one more for each node.</summary>
public static class Services
{
    private const string PodLabel = "statefulset.kubernetes.io/pod-name";

    /// <summary>Done, with the services where they differ, and those of nodes that are not wanted any more.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        V1Service peers = Render(observed, observed.Names.Peers, ("nodes", Cluster.Ports.Nodes), ("admin", Cluster.Ports.Admin));
        peers.Spec.ClusterIP = "None";
        peers.Spec.PublishNotReadyAddresses = true;
        V1Service[] own = [.. NodesWithService(observed).Select(n => OfNode(observed, n))];
        var resource = ApiResource.Of<V1Service>();
        return StepResult.Go(
        [
            .. Desired.Ensure(observed, resource, peers),
            .. Desired.Ensure(observed, resource, ForClients(observed, observed.Names.Nodes)),
            .. own.SelectMany(s => Desired.Ensure(observed, resource, s)),
            .. Surplus(observed, own),
        ]);
    }

    // Also while a restore has stopped all nodes: an address outside would be another one afterwards.
    private static IEnumerable<int> NodesWithService(ObservedCluster observed) =>
        observed.Cluster.Spec.Service.PerNode ? Enumerable.Range(1, Math.Max(observed.PodCount, observed.Cluster.Spec.Replicas)) : [];

    private static IEnumerable<ClusterAction> Surplus(ObservedCluster observed, V1Service[] wanted) =>
        from known in observed.Objects
        where known.Key.Kind == "Service" && known.Value["metadata"] is JsonObject metadata && metadata["labels"]?[ClusterNames.NodeLabel] is not null
            && metadata["deletionTimestamp"] is null && !Array.Exists(wanted, w => w.Metadata.Name == known.Key.Name)
        orderby known.Key.Name
        select new ClusterAction.DeleteService(
            known.Key.Name, known.Value["metadata"]!["uid"]!.GetValue<string>(), observed.Cluster.Spec.Service.PerNode ? "its node was removed" : "services for each node are not wanted");

    private static V1Service OfNode(ObservedCluster observed, int node)
    {
        V1Service service = ForClients(observed, observed.Names.Pod(node));
        service.Metadata.Labels = new SortedDictionary<string, string>(service.Metadata.Labels, StringComparer.Ordinal) { [ClusterNames.NodeLabel] = node.ToString(CultureInfo.InvariantCulture) };
        service.Spec.Selector = new SortedDictionary<string, string>(service.Spec.Selector, StringComparer.Ordinal) { [PodLabel] = observed.Names.Pod(node) };
        return service;
    }

    private static V1Service ForClients(ObservedCluster observed, string name)
    {
        V1Service service = Render(observed, name, ("metaloggers", Cluster.Ports.MetaLoggers), ("chunkservers", Cluster.Ports.ChunkServers), ("clients", Cluster.Ports.Clients));
        service.Spec.Type = observed.Cluster.Spec.Service.Type;
        service.Metadata.Annotations = observed.Cluster.Spec.Service.Annotations;
        return service;
    }

    private static V1Service Render(ObservedCluster observed, string name, params (string Name, int Number)[] ports) => new()
    {
        Metadata = Desired.Metadata(observed.Cluster, name),
        Spec = new V1ServiceSpec
        {
            Selector = observed.Names.Selector,
            Ports = [.. ports.Select(static p => new V1ServicePort { Name = p.Name, Port = p.Number, TargetPort = p.Name, Protocol = "TCP" })],
        },
    };
}

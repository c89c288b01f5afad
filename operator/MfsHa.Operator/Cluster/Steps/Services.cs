using k8s.Models;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>Two services: names for the pods, so that nodes find each other before they are ready; and one address for clients and chunkservers.</summary>
public static class Services
{
    /// <summary>Done, with the services where they differ.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        V1Service clients = Render(
            observed, observed.Names.Nodes, ("metaloggers", Cluster.Ports.MetaLoggers), ("chunkservers", Cluster.Ports.ChunkServers), ("clients", Cluster.Ports.Clients));
        clients.Spec.Type = observed.Cluster.Spec.Service.Type;
        clients.Metadata.Annotations = observed.Cluster.Spec.Service.Annotations;
        V1Service peers = Render(observed, observed.Names.Peers, ("nodes", Cluster.Ports.Nodes), ("admin", Cluster.Ports.Admin));
        peers.Spec.ClusterIP = "None";
        peers.Spec.PublishNotReadyAddresses = true;
        var resource = ApiResource.Of<V1Service>();
        return StepResult.Go([.. Desired.Ensure(observed, resource, peers), .. Desired.Ensure(observed, resource, clients)]);
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

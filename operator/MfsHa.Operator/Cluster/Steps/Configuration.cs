using k8s.Models;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>The ConfigMap with the nodes' files.</summary>
public static class Configuration
{
    /// <summary>Done, with the ConfigMap where it differs.</summary>
    public static StepResult Run(ObservedCluster observed) => StepResult.Go([.. Desired.Ensure(observed, ApiResource.Of<V1ConfigMap>(), new V1ConfigMap
    {
        Metadata = Desired.Metadata(observed.Cluster, observed.Names.Configuration),
        Data = new Dictionary<string, string>
        {
            [Paths.ConfigurationFile] = NodeConfigurationFile.Of(observed.Cluster),
            [Paths.PeersFile] = NodeConfigurationFile.PeersOf(observed.Names, Math.Max(observed.PodCount, observed.Cluster.Spec.Replicas)),
            [Paths.FormFile] = NodeConfigurationFile.MayForm(observed),
            [Paths.ExportsFile] = observed.Cluster.Spec.Exports ?? NodeConfigurationFile.DefaultExports,
        },
    })]);
}

using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>The Secret with the token that nodes and callers of the admin service show. It is made once and then left alone: people may replace the token.</summary>
public static class Token
{
    /// <summary>Done, with the Secret to be made where there is none.</summary>
    public static StepResult Run(ObservedCluster observed) =>
        observed.Objects.ContainsKey(new ObjectName("Secret", observed.Names.Token))
            ? StepResult.Go()
            : StepResult.Go(new ClusterAction.CreateToken(new V1Secret { Metadata = Desired.Metadata(observed.Cluster, observed.Names.Token), Type = "Opaque" }));
}

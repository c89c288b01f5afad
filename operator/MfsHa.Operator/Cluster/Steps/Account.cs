using k8s.Models;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>The nodes' service account, which may do nothing: for image pull secrets and policies.</summary>
public static class Account
{
    /// <summary>Done, with the account where it differs.</summary>
    public static StepResult Run(ObservedCluster observed) => StepResult.Go([.. Desired.Ensure(observed, ApiResource.Of<V1ServiceAccount>(), new V1ServiceAccount
    {
        Metadata = Desired.Metadata(observed.Cluster, observed.Names.Account),
        AutomountServiceAccountToken = false,
    })]);
}

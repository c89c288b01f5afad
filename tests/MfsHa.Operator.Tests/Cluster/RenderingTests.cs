using k8s;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Steps;
using Xunit;

namespace MfsHa.Operator.Tests.Cluster;

/// <summary>
/// What is rendered, in full. A change of the pod template restarts every pod of every cluster when the operator is upgraded: it has to be meant.
/// MFSHA_UPDATE_GOLDEN=1 writes the file anew.
/// </summary>
public sealed class RenderingTests
{
    [Fact]
    public void The_sample_renders_to_the_golden_file()
    {
        var cluster = new SimulatedCluster();
        cluster.Cluster.Metadata.Name = "mfsmaster";
        cluster.Cluster.Metadata.NamespaceProperty = "storage";
        ObservedCluster observed = cluster.Observe();
        StepResult[] results = [Configuration.Run(observed), Services.Run(observed), Account.Run(observed), DisruptionBudget.Run(observed), Nodes.Run(observed)];
        string rendered = string.Join("---\n", results.SelectMany(static r => r.Actions).Cast<ClusterAction.Apply>().Select(static a => KubernetesYaml.Serialize(a.Entity) + "\n"));
        string path = Path.Combine(Repository.Root, "tests/MfsHa.Operator.Tests/Golden/mfshacluster.yaml");
        if (Environment.GetEnvironmentVariable("MFSHA_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, rendered);
        }

        Assert.Equal(File.ReadAllText(path), rendered);
    }
}

using Grpc.Core;
using MfsHa.Admin.Contract;
using MfsHa.Demo.Cluster;

namespace MfsHa.Demo.Phases;

/// <summary>The state of all replicas of all groups must have the same checksum at the same index of the log.</summary>
public sealed class CompareReplicas : IPhase
{
    public string Title => "all replicas are compared";

    public async Task RunAsync(DemoContext context, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        try
        {
            var verdicts = await cluster.AdminOf(cluster.ClientNode).CheckConsistencyAsync(cancellation).ConfigureAwait(false);
            if (GroupVerdict.KindOf(verdicts) is not ConsistencyKind.Same || verdicts.Any(static verdict => verdict.Replicas.Count != DemoCluster.NodeCount))
            {
                throw new PromiseBrokenException(string.Join("; ", verdicts));
            }
            foreach (var verdict in verdicts)
            {
                context.Story.Say(verdict.ToString());
            }
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            throw new PromiseBrokenException($"the replicas could not be compared: {e.Status.Detail}");
        }
    }
}

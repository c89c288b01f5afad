using System.Globalization;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>
/// A node whose disk is lost is removed as the member that it was, and added as the one that it is. What tells is the volume's claim: another one than when the node was last
/// whole. A node that is merely away is waited for, always. When a majority has lost its disks it is said what people can do.
/// </summary>
public static class Repair
{
    /// <summary>Done, or the node that is replaced.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        if (!observed.IsFormed)
        {
            return StepResult.Go();
        }

        // A pod that was made while its claim was going waits for it for ever.
        if (observed.Pods.FirstOrDefault(p => p is { Metadata.DeletionTimestamp: null, Status.Phase: "Pending" } && observed.Claims.All(c => observed.Names.NodeOf(c.Metadata.Name) != observed.Names.NodeOf(p.Metadata.Name))) is { } orphan)
        {
            return StepResult.WaitFor($"{orphan.Metadata.Name} gets a new volume", new ClusterAction.DeletePod(orphan.Metadata.Name, orphan.Metadata.Uid, "its claim is gone"));
        }

        // A majority of disks: nothing that can be done by itself.
        if (LostVolumes.RemedyOf(observed) is { } remedy)
        {
            return StepResult.WaitFor(remedy);
        }

        foreach (MemberStatus member in observed.Cluster.Status?.Members ?? [])
        {
            int node = member.Node;
            if (member.Claim is null || !observed.Members.Contains(node) || observed.ClaimOf(node) is not { } claim || claim.Metadata.Uid == member.Claim)
            {
                continue;
            }

            // It may be the new one that is a member already.
            if (observed.Nodes!.Nodes.Any(n => n.Id == node && n.Ready))
            {
                continue;
            }

            if (observed.PodOf(node)?.Status?.Phase != "Running" || !observed.Nodes.Nodes.Any(n => n.Id == node && n.Online))
            {
                return StepResult.WaitFor(string.Create(CultureInfo.InvariantCulture, $"node {node} has a new volume; waiting for its pod"));
            }

            return StepResult.WaitFor(
                string.Create(CultureInfo.InvariantCulture, $"node {node} has lost its volume and is replaced"),
                new ClusterAction.ReplaceNode(node, observed.Names.Host(node), Ports.Nodes));
        }

        return StepResult.Go();
    }
}

using System.Globalization;
using k8s.Models;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Tls;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Steps;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Operations;

/// <summary>What an <see cref="V1MfsHaOperation"/> needs next; pure. What was begun is told by the status and by the objects, so an operator that takes over goes on.</summary>
public static class OperationPlan
{
    /// <summary>The next thing.</summary>
    public static OperationDecision Next(V1MfsHaOperation operation, ObservedCluster observed)
    {
        MfsHaOperationSpec spec = operation.Spec;
        if (spec.Type is "Switchover" or "ReplaceNode" && spec.Node is null)
        {
            return OperationDecision.Failed($"spec.node: {spec.Type} needs a node");
        }

        if (spec.Node is { } named && spec.Type is not ("Switchover" or "ReplaceNode" or "Restart"))
        {
            return OperationDecision.Failed($"spec.node: {spec.Type} is of no node, found {named}");
        }

        if (spec.Type == "RecoverQuorum")
        {
            return QuorumRecovery.Next(operation, observed);
        }

        if (spec.Nodes is not null || spec.Confirm is not null)
        {
            return OperationDecision.Failed($"spec.nodes, spec.confirm: {spec.Type} has none");
        }

        if (!observed.IsFormed)
        {
            return OperationDecision.Pending("waiting for a cluster that says who its members are");
        }

        if (spec.Node is { } node && !observed.Members.Contains(node))
        {
            return OperationDecision.Failed(string.Create(CultureInfo.InvariantCulture, $"spec.node: a member expected ({string.Join(", ", observed.Members)}), found {node}"));
        }

        return spec.Type switch
        {
            "Switchover" => OperationDecision.Once("its leaders were given away", new ClusterAction.MoveLeaders(spec.Node!.Value)),
            "Rebalance" => Rebalance(observed),
            "ReleaseDeletions" => OperationDecision.Once("chunks may be deleted", new ClusterAction.ReleaseDeletions()),
            "RotateAuthority" => RotateAuthority(operation, observed),
            "Verify" => new OperationDecision("Running", "replicas are compared", [], Compares: true),
            "Restart" when spec.Node is null => RestartAll(operation, observed),
            "Restart" => Renew(operation, observed, observed.PodOf(spec.Node!.Value)?.Metadata, withVolume: false),
            "ReplaceNode" => Renew(operation, observed, observed.ClaimOf(spec.Node!.Value)?.Metadata, withVolume: true),
            _ => OperationDecision.Failed($"spec.type: there is no {spec.Type}"),
        };
    }

    // Nodes that join get their share by themselves, and drained ones are to have none. All of it is asked for in each pass: what is decided already changes nothing, and who was refused is heard the next time.
    private static OperationDecision Rebalance(ObservedCluster observed)
    {
        int[] nodes = [.. observed.Nodes!.Nodes.Where(n => observed.Members.Contains((int)n.Id) && n.Membership is not (Membership.Joining or Membership.Draining)).Select(static n => (int)n.Id).Order()];
        return new OperationDecision("Running", "replicas and leaders are spread", []) { IsRepeated = true, Spreads = nodes };
    }

    private static OperationDecision RestartAll(V1MfsHaOperation operation, ObservedCluster observed)
    {
        string mark = operation.Metadata.Uid;
        if (observed.Cluster.Metadata.Annotations?.TryGetValue(V1MfsHaCluster.RestartedAnnotation, out string? present) != true || present != mark)
        {
            return OperationDecision.Running("nodes start again", mark, new ClusterAction.RestartAll(mark));
        }

        return observed.StatefulSet is { } set && IsMarked(set.Spec.Template, mark) && observed.Pods.All(p => !PodState.IsOutdated(p, set)) && FlawOf(observed) is null
            ? OperationDecision.Succeeded("all nodes were started again")
            : OperationDecision.Running("nodes start again", mark);
    }

    // The steps of the cluster do it; that it is over is told by the Secrets, and by the nodes.
    private static OperationDecision RotateAuthority(V1MfsHaOperation operation, ObservedCluster observed)
    {
        if (observed.Cluster.Spec.Tls is not { IsOperators: true })
        {
            return OperationDecision.Failed("spec.type: RotateAuthority is of clusters with spec.tls.mode: Operator");
        }

        string mark = operation.Metadata.Uid;
        if (CertificatePlan.Mark(observed) != mark)
        {
            return OperationDecision.Running("the CA is replaced", former: null, new ClusterAction.RotateAuthority(mark));
        }

        try
        {
            return Certificates.Read(observed) is not ({ } authority, { } issued) || authority.Mark != mark ? OperationDecision.Running("the CA is replaced", former: null)
                : Trust.ProgressOf(observed, authority, issued) is { } progress ? OperationDecision.Running(progress, former: null)
                : LoadedCertificates.NotShowing(observed, issued.Certificate) is { } away ? OperationDecision.Running(away, former: null)
                : OperationDecision.Succeeded("all nodes show certificates of the new CA and trust no other");
        }
        catch (FormatException e)
        {
            return OperationDecision.Failed($"Secret {observed.Names.Authority}: {e.Message}");
        }
    }

    // A pod, or a claim and its pod, is deleted once: what tells is its uid. The stateful set makes it anew, and the steps of the cluster make a member of it.
    private static OperationDecision Renew(V1MfsHaOperation operation, ObservedCluster observed, V1ObjectMeta? present, bool withVolume)
    {
        int node = operation.Spec.Node!.Value;
        if (operation.Status?.Former is { } former && present?.Uid != former)
        {
            return present is not null && FlawOf(observed) is null && (!withVolume || IsKnown(observed, node, present.Uid))
                ? OperationDecision.Succeeded(string.Create(CultureInfo.InvariantCulture, $"node {node} is back and whole"))
                : OperationDecision.Running(string.Create(CultureInfo.InvariantCulture, $"waiting for node {node}"), former);
        }

        if (present is null || observed.PodOf(node) is not { } pod)
        {
            return OperationDecision.Pending(string.Create(CultureInfo.InvariantCulture, $"waiting for the pod and the volume of node {node}"));
        }

        // The node itself may be the one that is not well: the others have to be.
        if (observed.Members.Count < 3 && withVolume)
        {
            return OperationDecision.Failed("a node is replaced only where others have its state: three nodes expected");
        }

        if (FlawOf(observed, apartFrom: node) is { } flaw)
        {
            return OperationDecision.Pending($"waiting until all others are whole: {flaw}");
        }

        ClusterAction[] deletions = withVolume
            ? [new ClusterAction.DeleteClaim(present.Name, present.Uid, $"MfsHaOperation {operation.Metadata.Name}"), new ClusterAction.DeletePod(pod.Metadata.Name, pod.Metadata.Uid, $"MfsHaOperation {operation.Metadata.Name}")]
            : [new ClusterAction.DeletePod(pod.Metadata.Name, pod.Metadata.Uid, $"MfsHaOperation {operation.Metadata.Name}")];
        return OperationDecision.Running(
            string.Create(CultureInfo.InvariantCulture, $"node {node} is started {(withVolume ? "on a new volume" : "again")}"),
            present.Uid,
            [.. Wholeness.LeadershipsOf(observed.Nodes!, node) > 0 && observed.Members.Count > 1 ? [new ClusterAction.MoveLeaders(node)] : Array.Empty<ClusterAction>(), .. deletions]);
    }

    private static string? FlawOf(ObservedCluster observed, int? apartFrom = null) =>
        observed.Members.FirstOrDefault(n => n != apartFrom && (observed.PodOf(n) is not { } pod || !PodState.IsReady(pod))) is > 0 and int unready
            ? $"{observed.Names.Pod(unready)} is not ready"
            : Wholeness.FlawOf(observed.Nodes, apartFrom);

    private static bool IsMarked(V1PodTemplateSpec template, string mark) =>
        template.Metadata?.Annotations?.TryGetValue(V1MfsHaCluster.RestartedAnnotation, out string? value) == true && value == mark;

    private static bool IsKnown(ObservedCluster observed, int node, string claim) => observed.Cluster.Status?.Members?.Any(m => m.Node == node && m.Claim == claim) == true;
}

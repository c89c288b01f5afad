using System.Globalization;
using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Operations;

/// <summary>
/// RecoverQuorum: a majority is lost for good, and the cluster goes on with the nodes that a person names; pure. Who is given up is written down first, with the incarnation of its data directory; then it is done
/// (docs/admin.md, force-quorum; the nodes refuse it where it must not be); that it is done is written down, so that it is never done twice; and only then volumes of those that were given up are deleted: their disks may
/// be all that is left as long as it is not done. The steps of the cluster let the new nodes in.
/// </summary>
internal static class QuorumRecovery
{
    /// <summary>The next thing.</summary>
    public static OperationDecision Next(V1MfsHaOperation operation, ObservedCluster observed)
    {
        MfsHaOperationSpec spec = operation.Spec;
        int[] kept = [.. (spec.Nodes ?? []).Distinct().Order()];
        if (kept.Length == 0)
        {
            return OperationDecision.Failed("spec.nodes: all nodes that still have their disks expected, found none");
        }

        if (spec.Confirm != spec.Cluster)
        {
            return OperationDecision.Failed($"spec.confirm: {spec.Cluster} expected, found {spec.Confirm ?? "nothing"}: what only the other nodes had acknowledged is lost");
        }

        return !observed.IsFormed ? OperationDecision.Pending("waiting for a node that says who the members are")
            : operation.Status is not { Lost: { } lost } status ? Begin(observed, kept)
            : status.Forced != true ? Force(observed, kept, lost)
            : Replace(operation, observed, kept, lost);
    }

    private static OperationDecision Begin(ObservedCluster observed, int[] kept)
    {
        if (kept.Except(observed.Members).ToArray() is [_, ..] strangers)
        {
            return OperationDecision.Failed($"spec.nodes: members expected ({string.Join(", ", observed.Members)}), found {string.Join(", ", strangers)}");
        }

        IReadOnlyList<int> without = LostVolumes.Of(observed);
        if (kept.Intersect(without).ToArray() is [_, ..] empty)
        {
            return OperationDecision.Failed($"spec.nodes: nodes that still have their disks expected, found {LostVolumes.Name(empty)} with another volume");
        }

        int[] given = [.. observed.Members.Except(kept)];
        if (given.Length == 0 || HasLeaders(observed))
        {
            return OperationDecision.Failed("there is a quorum, and nothing to recover: a lost node is replaced by ReplaceNode");
        }

        if (given.Except(without).FirstOrDefault(n => IsOnline(observed, n)) is > 0 and int present)
        {
            return OperationDecision.Failed(string.Create(CultureInfo.InvariantCulture, $"spec.nodes: node {present} answers, and is not named: name it, too, and nothing that only it has is lost"));
        }

        return Array.Find(kept, n => !IsOnline(observed, n)) is > 0 and int away
            ? OperationDecision.Pending(string.Create(CultureInfo.InvariantCulture, $"waiting for node {away}, which is named and does not answer"))
            : Forcing(observed, kept, [.. given.Select(n => Lost(observed, n))]);
    }

    private static OperationDecision Force(ObservedCluster observed, int[] kept, IEnumerable<LostNodeStatus> lost)
    {
        bool areMembers = lost.Any(l => observed.Nodes!.Nodes.Any(n => n.Id == l.Node && n.Incarnation == l.Incarnation && n.Membership != MfsHa.Admin.Contract.Membership.Unspecified));
        return !HasLeaders(observed) ? Forcing(observed, kept)
            : areMembers ? OperationDecision.Failed("a majority is back: nothing was given up")
            : Running(kept, "the others are replaced") with { IsForced = true };
    }

    private static OperationDecision Replace(V1MfsHaOperation operation, ObservedCluster observed, int[] kept, IEnumerable<LostNodeStatus> lost)
    {
        string why = $"MfsHaOperation {operation.Metadata.Name}";
        V1PersistentVolumeClaim[] old = [.. lost.Select(l => observed.ClaimOf(l.Node) is { } claim && claim.Metadata.Uid == l.Claim ? claim : null).OfType<V1PersistentVolumeClaim>()];
        if (old.Length > 0)
        {
            ClusterAction[] deletions =
            [
                .. old.Where(static c => c.Metadata.DeletionTimestamp is null).Select(c => new ClusterAction.DeleteClaim(c.Metadata.Name, c.Metadata.Uid, why)),
                .. old.Select(c => observed.PodOf(observed.Names.NodeOf(c.Metadata.Name) ?? 0)).OfType<V1Pod>().Where(static p => p.Metadata.DeletionTimestamp is null)
                    .Select(p => new ClusterAction.DeletePod(p.Metadata.Name, p.Metadata.Uid, why)),
            ];
            return Running(kept, "the others get new volumes", deletions);
        }

        int[] wanted = [.. Enumerable.Range(1, observed.Cluster.Spec.Replicas)];
        return Array.Find(wanted, n => observed.PodOf(n) is not { } pod || !PodState.IsReady(pod)) is > 0 and int unready ? Running(kept, $"waiting for {observed.Names.Pod(unready)} to be ready")
            : Wholeness.FlawOf(observed.Nodes) is { } flaw ? Running(kept, flaw)
            : wanted.Except(observed.FullMembers).FirstOrDefault() is > 0 and int missing ? Running(kept, string.Create(CultureInfo.InvariantCulture, $"waiting for node {missing} to join"))
            : OperationDecision.Succeeded($"the cluster went on with {LostVolumes.Name(kept)}, and all nodes are back and whole; chunks are deleted only after an MfsHaOperation ReleaseDeletions: look at the files first");
    }

    private static OperationDecision Forcing(ObservedCluster observed, int[] kept, IReadOnlyList<LostNodeStatus>? lost = null)
    {
        string[] hosts = [.. kept.Select(observed.PodOf).OfType<V1Pod>().Select(observed.AddressOf).OfType<string>()];
        return OperationDecision.Running($"{LostVolumes.Name(kept)} {(kept.Length == 1 ? "becomes the member" : "become the members")} of all groups", null, new ClusterAction.ForceQuorum(kept, hosts)) with { Lost = lost, IsRepeated = true };
    }

    private static OperationDecision Running(int[] kept, string what, params IReadOnlyList<ClusterAction> actions) =>
        OperationDecision.Running($"the cluster goes on with {LostVolumes.Name(kept)}: {what}", null, actions);

    private static LostNodeStatus Lost(ObservedCluster observed, int node) => new()
    {
        Node = node,
        Incarnation = observed.Nodes!.Nodes.FirstOrDefault(n => n.Id == node)?.Incarnation ?? 0,

        // One that is a new volume already stays.
        Claim = observed.ClaimOf(node) is { } claim && !LostVolumes.IsAnother(observed.Cluster, node, claim) ? claim.Metadata.Uid : null,
    };

    private static bool HasLeaders(ObservedCluster observed) => observed.Nodes!.Groups.All(g => IsOnline(observed, (int)g.Leader));

    private static bool IsOnline(ObservedCluster observed, int node) => observed.Nodes!.Nodes.Any(n => n.Id == node && n.Online);
}

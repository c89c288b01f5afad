using System.Globalization;
using k8s.Models;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster.Tls;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Restores;

namespace MfsHa.Operator.Cluster.Status;

/// <summary>The status of a cluster from what was observed; pure.</summary>
public static class StatusRenderer
{
    /// <summary>The status.</summary>
    /// <param name="observed">What was observed.</param>
    /// <param name="plan">What the steps found.</param>
    /// <param name="isManaged">False: nothing was done, the plan is shown.</param>
    /// <param name="now">Time of conditions that change.</param>
    public static MfsHaClusterStatus Render(ObservedCluster observed, ReconcilePlan plan, bool isManaged, DateTimeOffset now)
    {
        V1MfsHaCluster cluster = observed.Cluster;
        string? flaw = Wholeness.FlawOf(observed.Nodes);
        bool isServing = observed.IsFormed && observed.Nodes!.Groups.All(g => IsOnline(observed.Nodes, g.Leader)) && observed.Nodes.Nodes.Any(static n => n.Ready);
        bool isBroken = cluster.Status?.MetadataId is not null && !isServing;
        string[] wanted = [.. plan.Actions.Select(static a => a.ToString())];
        IReadOnlyList<int> lost = LostVolumes.Of(observed);
        bool isLost = isBroken && observed.Restore is null && IsQuorumLost(observed, lost);
        string phase = PhaseOf(observed, plan, isManaged, isServing, isBroken, isLost, flaw);
        string message = plan.Message ?? flaw ?? "all nodes serve";
        MfsHaClusterStatus status = new()
        {
            ObservedGeneration = cluster.Metadata.Generation,
            Phase = phase,
            Message = message,
            Replicas = observed.Pods.Count,
            ReadyReplicas = observed.Pods.Count(PodState.IsReady),
            Selector = observed.Names.SelectorText,
            Leaders = observed.IsFormed ? string.Create(CultureInfo.InvariantCulture, $"{observed.Nodes!.Groups.Count(g => IsOnline(observed.Nodes, g.Leader))}/{observed.Nodes.Groups.Count}") : null,
            Quorum = observed.IsFormed ? string.Create(CultureInfo.InvariantCulture, $"{observed.Members.Count(m => IsOnline(observed.Nodes!, (uint)m) && !lost.Contains(m))}/{observed.Members.Count}") : null,
            Version = VersionOf(observed) ?? cluster.Status?.Version,
            MetadataId = observed.Nodes is { ClusterId: not 0 } known ? known.ClusterId.ToString("X16", CultureInfo.InvariantCulture) : cluster.Status?.MetadataId,
            Members = observed.IsFormed ? [.. observed.Members.Select(n => Member(observed, n))] : cluster.Status?.Members,
            Operation = plan.Stop is { Step.IsOperation: true } stop && !plan.IsFailed ? new OperationStatus { Type = stop.Step.Name, Message = plan.Message } : null,
            Options = Steps.Options.Kept(observed),
            Tls = TlsOf(observed),
            LastBackup = LastBackupOf(observed),
            Plan = isManaged || wanted.Length == 0 ? null : wanted,
        };
        var conditions = new ConditionSet(cluster.Status?.Conditions, cluster.Metadata.Generation, now);
        conditions.Set("Available", isServing, isServing ? "Serving" : isBroken ? "NotServing" : "NotYet", isServing ? "every group has a leader" : message);
        conditions.Set("Degraded", isBroken || (isServing && flaw is not null), flaw is null ? "Whole" : "NotWhole", flaw ?? "all replicas are there and level");
        conditions.Set("Progressing", plan.Stop is not null && !plan.IsFailed, plan.Stop is null ? "Done" : plan.IsFailed ? "Refused" : plan.Stop.Value.Step.Name, message);
        conditions.Set(
            "QuorumLost", isLost, isLost ? "NoMajority" : "Majority",
            isLost
                ? LostVolumes.RemedyOf(observed) ?? "less than a majority of the members answers: nothing is lost, and nothing is served until a majority is back. Look at the pods that are not ready; do not delete volumes"
                : "a majority of the members answers, or the cluster has not been formed yet");
        BackupHealth backups = BackupHealth.OfCluster(observed.Schedules, now);
        conditions.Set("BackupHealthy", backups.IsHealthy, backups.Reason, backups.Message);
        status.Conditions = conditions.All;
        return status;
    }

    private static string PhaseOf(ObservedCluster observed, ReconcilePlan plan, bool isManaged, bool isServing, bool isBroken, bool isLost, string? flaw) =>
        observed.Cluster.Metadata.DeletionTimestamp is not null ? "Deleting"
        : plan.IsFailed ? "Rejected"
        : !isManaged ? "Paused"
        : isLost ? "NoQuorum"
        : observed.Restore is not null && RestorePhase.StopsNodes(observed.Restore) ? "Restoring"

        // An election, or nodes that start.
        : isBroken ? plan.Stop is not null ? "Progressing" : "Degraded"
        : !isServing ? plan.Stop?.Step.Name == "Form" ? "Forming" : "Pending"
        : plan.Stop is not null ? "Progressing"
        : flaw is not null ? "Degraded"
        : "Ready";

    private static TlsStatus? TlsOf(ObservedCluster observed)
    {
        if (observed.Cluster.Spec.Tls is not { IsOperators: true })
        {
            return null;
        }

        try
        {
            (Authority? authority, IssuedCertificate? issued) = Steps.Certificates.Read(observed);
            return authority is null ? null : new TlsStatus
            {
                Authority = authority.Signing?.Facts.Fingerprint,
                AuthorityNotAfter = authority.Signing?.Facts.NotAfter.UtcDateTime,
                CertificateNotAfter = issued?.Certificate.NotAfter.UtcDateTime,
                Rotation = authority.Next is not null ? "Trust" : authority.Former is not null ? "Use" : null,
            };
        }
        catch (FormatException)
        {
            return observed.Cluster.Status?.Tls;
        }
    }

    private static LastBackupStatus? LastBackupOf(ObservedCluster observed) =>
        observed.Schedules.Where(static s => s.Status?.LastSuccessTime is not null).MaxBy(static s => s.Status!.LastSuccessTime) is { } newest
            ? new LastBackupStatus { Schedule = newest.Metadata.Name, Time = newest.Status!.LastSuccessTime, Path = newest.Status.LastPath, SizeBytes = newest.Status.LastSizeBytes }
            : null;

    private static bool IsOnline(ClusterStatus status, uint node) => status.Nodes.Any(n => n.Id == node && n.Online);

    // By the pods: when no node answers there is nobody else to ask.
    private static bool IsQuorumLost(ObservedCluster observed, IReadOnlyList<int> lost)
    {
        int[] members = [.. observed.IsFormed ? observed.Members : observed.Cluster.Status?.Members?.Select(static m => m.Node) ?? []];
        return members.Except(lost).Count(m => observed.Nodes is { } status ? IsOnline(status, (uint)m) : observed.PodOf(m) is { } pod && PodState.IsReady(pod)) < (members.Length / 2) + 1;
    }

    private static string? VersionOf(ObservedCluster observed)
    {
        string[] versions = [.. (observed.Nodes?.Nodes ?? []).Where(n => n.Version.Length > 0 && observed.Members.Contains((int)n.Id)).Select(static n => n.Version.Split('+')[0]).Distinct().Order()];
        return versions.Length == 0 ? null : string.Join(", ", versions);
    }

    private static MemberStatus Member(ObservedCluster observed, int node)
    {
        NodeStatus? status = observed.Nodes!.Nodes.FirstOrDefault(n => n.Id == node);
        return new MemberStatus
        {
            Name = observed.Names.Pod(node),
            Node = node,
            State = status is { Online: true, Ready: true } ? "Ready" : status is { Online: true } ? "Online" : "Offline",

            // Only a node that serves proves that its volume is the one that it was a member with.
            Claim = status is { Online: true, Ready: true } && observed.ClaimOf(node) is { } claim
                ? claim.Metadata.Uid
                : observed.Cluster.Status?.Members?.FirstOrDefault(m => m.Node == node)?.Claim,
        };
    }
}

using System.Globalization;
using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Restores;

/// <summary>
/// What a restore needs next; pure. The phase is written down before anything of it is done, and what was done is told by Jobs and by what they mark on the volumes, so an operator that takes over goes on. The
/// nodes are stopped and started by the steps of the cluster (<see cref="ObservedCluster.Restore"/>).
/// </summary>
public static class RestorePlan
{
    /// <summary>Digits of the object's uid in the name of what it keeps: another one of its name keeps something else.</summary>
    private const int UidDigits = 8;

    /// <summary>The next thing.</summary>
    /// <param name="restore">The restore.</param>
    /// <param name="observed">Its cluster.</param>
    /// <param name="source">The backup that it names; null: none, or it is not there or not complete.</param>
    /// <param name="jobs">Its Jobs.</param>
    /// <param name="pods">Their pods.</param>
    public static RestoreDecision Next(V1MfsHaRestore restore, ObservedCluster observed, BackupFile? source, IReadOnlyList<V1Job> jobs, IReadOnlyList<V1Pod> pods)
    {
        int nodes = restore.Status?.Nodes ?? 0;
        switch (restore.Status?.Phase)
        {
            case RestorePhase.Checking:
                return OutcomeOf(RestoreJobs.CheckName(restore)) switch
                {
                    null => new(RestorePhase.Checking, "the backup is verified", JobOf(RestoreJobs.CheckName(restore)) is null ? [RestoreJobs.Check(restore, observed)] : []),
                    { IsDone: true } => Stopping(),
                    { } failed => new(RestorePhase.Failed, $"the backup cannot be used, and nothing was touched: {failed.Message}", []),
                };
            case RestorePhase.Stopping:
                return IsStopped(observed) ? new(RestorePhase.Replacing, "the nodes' data are replaced", [])
                    : observed.Cluster.Status is { Phase: "Paused" or "Rejected" } held ? new(RestorePhase.Stopping, $"the cluster is {held.Phase}: {held.Message}", [])
                    : Stopping();
            case RestorePhase.Replacing:
                return AllNodes(nodes, n => RestoreJobs.NodeName(restore, n)) switch
                {
                    { IsOver: true, Flaw: { } flaw } => new(RestorePhase.Reverting, $"{flaw}: what there was is put back", []),
                    { IsOver: true } => new(RestorePhase.Starting, "the nodes start on the restored data", []),
                    _ => new(RestorePhase.Replacing, "the nodes' data are replaced", [.. Missing(nodes, n => RestoreJobs.NodeName(restore, n)).Select(n => RestoreJobs.Node(restore, observed, n))]),
                };
            case RestorePhase.Reverting:
                return AllNodes(nodes, n => RestoreJobs.RevertName(restore, n)) switch
                {
                    { IsOver: true, Flaw: { } flaw } => new(RestorePhase.Reverting, $"{flaw}; delete that Job, and it is tried again", []),
                    { IsOver: true } => new(RestorePhase.Restarting, restore.Status.Message ?? "", []),
                    _ => new(
                        RestorePhase.Reverting, restore.Status.Message ?? "", [.. Missing(nodes, n => RestoreJobs.RevertName(restore, n)).Select(n => RestoreJobs.Revert(restore, observed, n))]),
                };
            case RestorePhase.Starting:
                return FlawOf(observed) is { } notYet
                    ? new(RestorePhase.Starting, $"the nodes start on the restored data: {notYet}", [])
                    : new(RestorePhase.Completed, Result(restore), [], Compares: true);
            case RestorePhase.Restarting:
                return FlawOf(observed) is null
                    ? new(RestorePhase.Failed, restore.Status.Message ?? "", [])
                    : new(RestorePhase.Restarting, restore.Status.Message ?? "", []);
            default:
                return Begin(restore, observed, source);
        }

        V1Job? JobOf(string name) => jobs.FirstOrDefault(j => j.Metadata.Name == name);

        JobOutcome? OutcomeOf(string name) => JobOf(name) is { } job ? JobOutcome.Of(job, pods) : null;

        // A node's data are put back only when no Job works on any of them any more.
        (bool IsOver, string? Flaw) AllNodes(int count, Func<int, string> name)
        {
            (string Name, JobOutcome? Outcome)[] all = [.. Enumerable.Range(1, count).Select(n => (name(n), OutcomeOf(name(n))))];
            return (all.All(static j => j.Outcome is not null), all.Where(static j => j.Outcome is { IsDone: false }).Select(static j => $"Job {j.Name}: {j.Outcome!.Message}").FirstOrDefault());
        }

        IEnumerable<int> Missing(int count, Func<int, string> name) => Enumerable.Range(1, count).Where(n => JobOf(name(n)) is null);
    }

    private static RestoreDecision Stopping() => new(RestorePhase.Stopping, "the nodes stop", []);

    private static RestoreDecision Begin(V1MfsHaRestore restore, ObservedCluster observed, BackupFile? source)
    {
        MfsHaRestoreSpec spec = restore.Spec;
        if (new object?[] { spec.Backup, spec.File, spec.Former }.Count(static s => s is not null) != 1)
        {
            return new(RestorePhase.Failed, "spec: one of backup, file and former expected", []);
        }

        if (spec.Confirm != spec.Cluster)
        {
            return new(RestorePhase.Failed, $"spec.confirm: {spec.Cluster} expected, found {spec.Confirm}: what was written after the backup is not there afterwards", []);
        }

        if (source is { } file && BackupPlaces.FlawOf("spec.file", file) is { } flaw)
        {
            return new(RestorePhase.Failed, flaw, []);
        }

        if (source is null && spec.Former is null)
        {
            return new(RestorePhase.Pending, $"waiting for MfsHaBackup {spec.Backup} to be complete", []);
        }

        // Who the nodes are is told by their volumes; who chunkservers belong to, by what the nodes said last.
        int nodes = Math.Max(observed.StatefulSet?.Spec.Replicas ?? 0, observed.Pods.Select(p => observed.Names.NodeOf(p.Metadata.Name) ?? 0).DefaultIfEmpty().Max());
        if (nodes == 0 || observed.Cluster.Status?.MetadataId is not { } id)
        {
            return new(RestorePhase.Pending, "waiting for a cluster that was formed; spec.bootstrap of an MfsHaCluster makes a new one from a backup", []);
        }

        if (Enumerable.Range(1, nodes).FirstOrDefault(n => observed.ClaimOf(n) is null) is > 0 and int missing)
        {
            return new(RestorePhase.Pending, $"waiting for claim {observed.Names.Claim(missing)}", []);
        }

        string former = $"{restore.Metadata.Name}-{restore.Metadata.Uid[..Math.Min(UidDigits, restore.Metadata.Uid.Length)]}";
        return new(spec.Former is null ? RestorePhase.Checking : RestorePhase.Stopping, "it begins", [], new RestoreBeginning(source, nodes, id, former));
    }

    private static bool IsStopped(ObservedCluster observed) =>
        observed.Pods.Count == 0
        && observed.StatefulSet is { Spec.Replicas: 0, Status: { } status } set
        && status.Replicas == 0
        && status.ObservedGeneration >= set.Metadata.Generation;

    private static string? FlawOf(ObservedCluster observed)
    {
        int[] wanted = [.. Enumerable.Range(1, observed.Cluster.Spec.Replicas)];
        return observed.Pods.Count != wanted.Length ? string.Create(CultureInfo.InvariantCulture, $"{observed.Pods.Count} of {wanted.Length} pods are there")
            : observed.Pods.FirstOrDefault(static p => !PodState.IsReady(p)) is { } unready ? $"{unready.Metadata.Name} is not ready"
            : Wholeness.FlawOf(observed.Nodes) is { } flaw ? flaw
            : !observed.FullMembers.SequenceEqual(wanted) ? string.Create(CultureInfo.InvariantCulture, $"{observed.FullMembers.Count} of {wanted.Length} nodes are members")
            : null;
    }

    private static string Result(V1MfsHaRestore restore) => restore.Spec.Former is { } former
        ? $"what {former} had kept serves again; what there was before is kept as {restore.Status!.Former}"
        : $"the restored state serves; chunks are deleted only after an MfsHaOperation ReleaseDeletions; what there was before is kept as {restore.Status!.Former}";
}

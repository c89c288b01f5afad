using k8s.Models;
using MfsHa.Operator.Cluster.Status;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Backups;

/// <summary>The status of backups and schedules from their Jobs; pure.</summary>
public static class BackupReport
{
    /// <summary>Of one backup.</summary>
    /// <param name="job">Its Job; null: there is none yet.</param>
    /// <param name="pods">Its pods.</param>
    public static MfsHaBackupStatus Of(V1Job? job, IReadOnlyList<V1Pod> pods) => job is null ? new MfsHaBackupStatus { Phase = "Pending" }
        : JobOutcome.Of(job, pods) is not { } outcome ? new MfsHaBackupStatus { Phase = "Running", Message = Waiting(pods) }
        : outcome.IsDone ? new MfsHaBackupStatus
        {
            Phase = "Completed",
            Path = outcome.Report?.File,
            SizeBytes = outcome.Report?.SizeBytes,
            DurationSeconds = outcome.Report?.DurationSeconds,
            CompletedAt = outcome.Time,
        }
        : new MfsHaBackupStatus { Phase = "Failed", Message = outcome.Message, CompletedAt = outcome.Time };

    /// <summary>Of a schedule: what was known, and what the Jobs that are still there tell that is newer.</summary>
    public static MfsHaScheduledBackupStatus Of(V1MfsHaScheduledBackup schedule, IReadOnlyList<V1Job> jobs, IReadOnlyList<V1Pod> pods, DateTimeOffset now)
    {
        MfsHaScheduledBackupStatus former = schedule.Status ?? new MfsHaScheduledBackupStatus();
        var status = new MfsHaScheduledBackupStatus
        {
            LastSuccessTime = former.LastSuccessTime,
            LastPath = former.LastPath,
            LastSizeBytes = former.LastSizeBytes,
            LastDurationSeconds = former.LastDurationSeconds,
            LastFailureTime = former.LastFailureTime,
            LastFailure = former.LastFailure,
        };
        foreach (JobOutcome outcome in jobs.Select(j => JobOutcome.Of(j, pods)).OfType<JobOutcome>().OrderBy(static o => o.Time))
        {
            if (outcome.IsDone && !(outcome.Time <= status.LastSuccessTime))
            {
                status.LastSuccessTime = outcome.Time;
                status.LastPath = outcome.Report?.File;
                status.LastSizeBytes = outcome.Report?.SizeBytes;
                status.LastDurationSeconds = outcome.Report?.DurationSeconds;
            }
            else if (!outcome.IsDone && !(outcome.Time <= status.LastFailureTime))
            {
                status.LastFailureTime = outcome.Time;
                status.LastFailure = outcome.Message;
            }
        }

        BackupHealth health = BackupHealth.Of(new V1MfsHaScheduledBackup { Metadata = schedule.Metadata, Spec = schedule.Spec, Status = status }, now);
        var conditions = new ConditionSet(former.Conditions, schedule.Metadata.Generation, now);
        conditions.Set("BackupHealthy", health.IsHealthy, health.Reason, health.Message);
        status.Conditions = conditions.All;
        return status;
    }

    private static string? Waiting(IReadOnlyList<V1Pod> pods) =>
        pods.Select(static p => p.Status?.ContainerStatuses?.FirstOrDefault()?.State?.Waiting is { } waiting ? $"{p.Metadata.Name}: {waiting.Reason} {waiting.Message}".TrimEnd() : null)
            .LastOrDefault(static w => w is not null && !w.Contains("ContainerCreating", StringComparison.Ordinal));
}

using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Backups;

/// <summary>Whether there is a fresh good backup; pure.</summary>
/// <param name="IsHealthy">There is.</param>
/// <param name="Reason">In one word.</param>
/// <param name="Message">In a sentence that stays the same while nothing changes.</param>
public sealed record BackupHealth(bool IsHealthy, string Reason, string Message)
{
    /// <summary>Of a cluster: of the best of its schedules.</summary>
    public static BackupHealth OfCluster(IReadOnlyList<V1MfsHaScheduledBackup> schedules, DateTimeOffset now) =>
        schedules.Select(s => Of(s, now)).OrderByDescending(static h => h.IsHealthy).FirstOrDefault()
        ?? new BackupHealth(false, "NotScheduled", "no MfsHaScheduledBackup names this cluster");

    /// <summary>Of one schedule.</summary>
    public static BackupHealth Of(V1MfsHaScheduledBackup schedule, DateTimeOffset now)
    {
        string name = schedule.Metadata.Name;
        return schedule.Status switch
        {
            _ when BackupPlaces.FlawOf("spec.target", schedule.Spec.Target) is { } flaw => new BackupHealth(false, "Rejected", $"{name}: {flaw}"),
            _ when schedule.Spec.Suspend => new BackupHealth(false, "Suspended", $"{name} is suspended"),
            null or { LastSuccessTime: null, LastFailureTime: null } => new BackupHealth(false, "NoneYet", $"{name} has made no backup yet"),
            { LastFailureTime: { } failed } status when status.LastSuccessTime is not { } good || failed > good =>
                new BackupHealth(false, "Failed", $"the last backup of {name} failed: {status.LastFailure}"),
            { LastSuccessTime: { } good } when now.UtcDateTime - good.ToUniversalTime() > TimeSpan.FromHours(schedule.Spec.StaleAfterHours) =>
                new BackupHealth(false, "TooOld", $"the last good backup of {name} is older than {schedule.Spec.StaleAfterHours} hours"),
            _ => new BackupHealth(true, "Fresh", $"{name} makes backups"),
        };
    }
}

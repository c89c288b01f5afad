using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Entities;
using Xunit;

namespace MfsHa.Operator.Tests.Backups;

public sealed class BackupReportTests
{
    private static readonly DateTime _noon = new(2026, 11, 30, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_backup_tells_what_its_container_has_written()
    {
        MfsHaBackupStatus status = BackupReport.Of(Job("j", "Complete", _noon), [Pod("j", "Succeeded", """{"file":"c/x.mfs","sizeBytes":123,"durationSeconds":4}""")]);
        Assert.Equal(("Completed", "c/x.mfs", 123L, 4L, _noon), (status.Phase, status.Path, status.SizeBytes, status.DurationSeconds, status.CompletedAt));
        Assert.Equal("Pending", BackupReport.Of(null, []).Phase);
        Assert.Equal("Running", BackupReport.Of(Job("j", null, null), []).Phase);
    }

    [Fact]
    public void A_failure_tells_the_last_words_of_the_last_pod()
    {
        MfsHaBackupStatus status = BackupReport.Of(Job("j", "Failed", _noon), [Pod("j", "Failed", "no node answers\n"), Pod("other", "Failed", "nothing to do with it")]);
        Assert.Equal(("Failed", "no node answers"), (status.Phase, status.Message));
    }

    [Fact]
    public void A_schedule_keeps_what_it_knows_and_takes_what_is_newer()
    {
        V1MfsHaScheduledBackup schedule = Schedule();
        Assert.Equal("NoneYet", Condition(Report([])).Reason);
        schedule.Status = Report([Job("a", "Complete", _noon)], Pod("a", "Succeeded", """{"file":"1","sizeBytes":1,"durationSeconds":1}"""));
        Assert.Equal(("1", "True"), (schedule.Status.LastPath, Condition(schedule.Status).Status));

        // Its Job is gone; a later one has failed.
        schedule.Status = Report([Job("b", "Failed", _noon.AddHours(1))], Pod("b", "Failed", "the volume is full"));
        Assert.Equal(("1", "False", "Failed"), (schedule.Status.LastPath, Condition(schedule.Status).Status, Condition(schedule.Status).Reason));
        schedule.Status = Report([Job("c", "Complete", _noon.AddHours(2)), Job("b", "Failed", _noon.AddHours(1))], Pod("c", "Succeeded", """{"file":"2","sizeBytes":1,"durationSeconds":1}"""));
        Assert.Equal(("2", "True"), (schedule.Status.LastPath, Condition(schedule.Status).Status));
        MfsHaScheduledBackupStatus late = BackupReport.Of(schedule, [], [], _noon.AddHours(2 + 27));
        Assert.Equal("TooOld", Condition(late).Reason);

        MfsHaScheduledBackupStatus Report(V1Job[] jobs, params V1Pod[] pods) => BackupReport.Of(schedule, jobs, pods, _noon.AddHours(2));
    }

    [Fact]
    public void A_cluster_has_healthy_backups_when_one_schedule_has()
    {
        Assert.Equal("NotScheduled", BackupHealth.OfCluster([], _noon).Reason);
        V1MfsHaScheduledBackup good = Schedule();
        good.Status = new MfsHaScheduledBackupStatus { LastSuccessTime = _noon };
        V1MfsHaScheduledBackup suspended = Schedule();
        suspended.Spec.Suspend = true;
        Assert.True(BackupHealth.OfCluster([suspended, good], _noon).IsHealthy);
        Assert.Equal("Suspended", BackupHealth.OfCluster([suspended], _noon).Reason);
    }

    [Fact]
    public void Names_reach_the_shell_as_variables_only()
    {
        var cluster = new V1MfsHaCluster { Metadata = new V1ObjectMeta { Name = "c", NamespaceProperty = "ns" } };
        var backup = new V1MfsHaBackup
        {
            Metadata = new V1ObjectMeta { Name = "once", NamespaceProperty = "ns", Uid = "0123456789" },
            Spec = { Cluster = "c", Target = new BackupTarget { ClaimName = "backups", Directory = "d" } },
        };
        V1Container container = BackupJobRenderer.Job(backup, cluster, "image").Spec.Template.Spec.Containers[0];
        Assert.Equal("/backup/d/c-once-01234567.mfs", container.Env.Single(static e => e.Name == "FILE").Value);
        Assert.Equal("c-0.c-nodes.ns.svc,c-1.c-nodes.ns.svc,c-2.c-nodes.ns.svc", container.Env.Single(static e => e.Name == "NODES").Value);
        Assert.DoesNotContain("once", string.Concat(container.Command), StringComparison.Ordinal);
        V1MfsHaScheduledBackup schedule = Schedule();
        V1CronJob cron = BackupJobRenderer.CronJob(schedule, cluster, "image");
        V1PodSpec pod = cron.Spec.JobTemplate.Spec.Template.Spec;
        Assert.Equal(("0 2 * * *", "Forbid"), (cron.Spec.Schedule, cron.Spec.ConcurrencyPolicy));
        Assert.Equal("c-nightly-", pod.Containers[0].Env.Single(static e => e.Name == "PREFIX").Value);
        Assert.Contains(pod.Volumes, static v => v.PersistentVolumeClaim?.ClaimName == "backups");
        Assert.True(pod.Containers[0].SecurityContext.ReadOnlyRootFilesystem);
    }

    private static ConditionStatus Condition(MfsHaScheduledBackupStatus status) => status.Conditions!.Single(static c => c.Type == "BackupHealthy");

    private static V1MfsHaScheduledBackup Schedule() => new()
    {
        Metadata = new V1ObjectMeta { Name = "nightly", NamespaceProperty = "ns" },
        Spec = { Cluster = "c", Schedule = "0 2 * * *", Target = new BackupTarget { ClaimName = "backups" } },
    };

    private static V1Job Job(string uid, string? end, DateTime? time) => new()
    {
        Metadata = new V1ObjectMeta { Uid = uid },
        Status = new V1JobStatus
        {
            CompletionTime = end == "Complete" ? time : null,
            Conditions = end is null ? null : [new V1JobCondition { Type = end, Status = "True", LastTransitionTime = time }],
        },
    };

    private static V1Pod Pod(string job, string phase, string message) => new()
    {
        Metadata = new V1ObjectMeta { OwnerReferences = [new V1OwnerReference { Uid = job }], CreationTimestamp = _noon },
        Status = new V1PodStatus { Phase = phase, ContainerStatuses = [new V1ContainerStatus { State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { Message = message } } }] },
    };
}

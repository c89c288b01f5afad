using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Tests.Cluster;
using Xunit;

namespace MfsHa.Operator.Tests.Backups;

/// <summary>Targets and sources in an object store.</summary>
public sealed class BackupPlacesTests
{
    private static readonly ObjectStoreSpec _store = new() { Endpoint = "https://s3.example.org:9000", Bucket = "bucket", Prefix = "a/b", CredentialsSecret = "keys" };

    [Fact]
    public void The_keys_of_a_store_come_from_their_secret_and_room_from_the_machine()
    {
        V1PodSpec pod = BackupJobRenderer.Job(Backup(new BackupTarget { S3 = _store, Directory = "d" }), Cluster(), "image").Spec.Template.Spec;
        V1Container container = pod.Containers[0];
        Assert.Equal("s3://bucket/a/b", Value("STORE"));
        Assert.Equal("d/c-once-01234567.mfs", Value("FILE"));
        Assert.Equal("https://s3.example.org:9000", Value("MFSHA_S3_ENDPOINT"));
        V1SecretKeySelector secret = container.Env.Single(static e => e.Name == "AWS_SECRET_ACCESS_KEY").ValueFrom.SecretKeyRef;
        Assert.Equal(("keys", "AWS_SECRET_ACCESS_KEY"), (secret.Name, secret.Key));
        Assert.True(container.Env.Single(static e => e.Name == "AWS_SESSION_TOKEN").ValueFrom.SecretKeyRef.Optional);
        Assert.NotNull(pod.Volumes.Single(static v => v.Name == "target").EmptyDir);

        // The API server would leave it out, and it would be applied again and again.
        Assert.DoesNotContain(container.Env, static e => e.Value?.Length == 0);

        string? Value(string name) => container.Env.Single(e => e.Name == name).Value;
    }

    [Fact]
    public void A_schedule_in_a_store_is_applied_once()
    {
        var schedule = new V1MfsHaScheduledBackup { Metadata = new V1ObjectMeta { Name = "nightly", NamespaceProperty = "ns" }, Spec = { Cluster = "c", Schedule = "0 2 * * *", Target = new BackupTarget { S3 = _store } } };
        V1CronJob wanted = BackupJobRenderer.CronJob(schedule, Cluster(), "image");
        Assert.True(Desired.Differs(wanted, ApiResource.Of<V1CronJob>(), live: null));
        Assert.Equal("c", wanted.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Env.Single(static e => e.Name == "FOLDER").Value);
    }

    [Theory]
    [InlineData(null, false, "spec.target: one of claimName and s3 expected")]
    [InlineData("backups", true, "spec.target: one of claimName and s3 expected")]
    [InlineData("backups", false, null)]
    [InlineData(null, true, null)]
    public void One_place_is_expected(string? claim, bool isStored, string? expected) =>
        Assert.Equal(expected, BackupPlaces.FlawOf("spec.target", new BackupTarget { ClaimName = claim, S3 = isStored ? _store : null }));

    [Fact]
    public void What_is_in_a_store_is_fetched_before_it_is_read()
    {
        var file = new BackupFile { S3 = _store, Path = "c/x.mfs" };
        Assert.Contains("fetch-backup --from=\"$STORE/$KEY\" --output=\"$FETCHED\"", BackupPlaces.Fetch(file), StringComparison.Ordinal);
        Assert.Equal("/backup/fetched.mfs", BackupPlaces.PathOf(file));
        Assert.Equal("c/x.mfs", BackupPlaces.Environment(file).Single(static e => e.Name == "KEY").Value);
        var onVolume = new BackupFile { ClaimName = "backups", Path = "c/x.mfs" };
        Assert.Equal(("", "/backup/c/x.mfs"), (BackupPlaces.Fetch(onVolume), BackupPlaces.PathOf(onVolume)));
        Assert.Empty(BackupPlaces.Environment(onVolume));
    }

    [Fact]
    public void A_restore_fetches_its_backup_before_anything_is_touched()
    {
        var cluster = new SimulatedCluster();
        cluster.Settle();
        var restore = new V1MfsHaRestore
        {
            Metadata = new V1ObjectMeta { Name = "r", NamespaceProperty = "ns", Uid = "0123456789" },
            Spec = { Cluster = "c", Confirm = "c" },
            Status = new MfsHaRestoreStatus { Source = new BackupFile { S3 = _store, Path = "c/x.mfs" }, Former = "r-01234567", Nodes = 3, MetadataId = "ABC" },
        };
        foreach (V1Job job in new[] { RestoreJobs.Check(restore, cluster.Observe()), RestoreJobs.Node(restore, cluster.Observe(), 1) })
        {
            V1Container container = job.Spec.Template.Spec.Containers[0];
            string[] lines = container.Command[2].Split('\n');
            Assert.Equal("set -eu", lines[0]);
            Assert.Contains("fetch-backup", lines[1], StringComparison.Ordinal);
            Assert.Equal(container.Env.Single(static e => e.Name == "FETCHED").Value, container.Env.Single(static e => e.Name == "BACKUP").Value);
        }

        Assert.DoesNotContain("fetch-backup", RestoreJobs.Node(restore, cluster.Observe(), 2).Spec.Template.Spec.Containers[0].Command[2], StringComparison.Ordinal);
    }

    private static V1MfsHaCluster Cluster() => new() { Metadata = new V1ObjectMeta { Name = "c", NamespaceProperty = "ns" } };

    private static V1MfsHaBackup Backup(BackupTarget target) => new() { Metadata = new V1ObjectMeta { Name = "once", NamespaceProperty = "ns", Uid = "0123456789" }, Spec = { Cluster = "c", Target = target } };
}

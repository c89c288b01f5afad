using System.Text.Json.Nodes;
using MfsHa.EndToEnd.Tests.ObjectStores;
using MfsHa.MetadataFile.Backups;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>Backups in a real object store: once, by the clock with number and age, and a second cluster from one.</summary>
public sealed class StoredBackupTests : IDisposable
{
    private const string Namespace = "mfsha-e2e-s3";
    private const string Prefix = "some/where";

    private readonly string _folder = Directory.CreateTempSubdirectory("mfsha-fetched-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Explicit = true)]
    public async Task A_backup_goes_to_an_object_store_is_pruned_there_and_becomes_a_second_cluster()
    {
        await using KubernetesCluster cluster = await KubernetesCluster.CreateAsync(Namespace);
        await cluster.ReadyAsync(3);
        await using ObjectStoreServer server = await ObjectStoreServer.StartAsync((await cluster.PodAddressesAsync())[0]);
        _ = await Kubectl.RunAsync(
            "create", "secret", "generic", "keys", "-n", Namespace, $"--from-literal=AWS_ACCESS_KEY_ID={ObjectStoreServer.Key}", $"--from-literal=AWS_SECRET_ACCESS_KEY={ObjectStoreServer.Key}");
        _ = await Kubectl.RunAsync("create", "secret", "generic", "wrong", "-n", Namespace, $"--from-literal=AWS_ACCESS_KEY_ID={ObjectStoreServer.Key}", "--from-literal=AWS_SECRET_ACCESS_KEY=guessed");
        await using var outside = new OutsidePrograms();
        await outside.StartAsync(await cluster.AddressAsync());
        await using (var files = new KeptFiles(outside.Mounted))
        {
            await files.StartAsync();
            await files.CheckAsync();
            string[] tree = WholeTree.Of(outside.Mounted);

            await cluster.MakeAsync("MfsHaBackup", "refused", $$"""{"cluster":"mfsmaster","target":{{{Store(server, "wrong")}}} }""");
            await cluster.MakeAsync("MfsHaBackup", "once", $$"""{"cluster":"mfsmaster","target":{{{Store(server, "keys")}}} }""");
            JsonNode made = await cluster.StatusAsync("mfshab", "once", static s => (string?)s["phase"] is "Completed" or "Failed");
            Assert.True((string?)made["phase"] == "Completed", made.ToJsonString());
            string path = (string)made["path"]!;
            string fetched = await FetchAsync(server, path);
            Assert.Equal((long?)made["sizeBytes"], new FileInfo(fetched).Length);
            KubernetesCluster.Note($"backed up to {server.Endpoint}: {path}, {made["sizeBytes"]} bytes in {made["durationSeconds"]} s");

            // One that is old, by its manifest, and would be kept by number.
            string old = await AgeAsync(fetched, days: 60);
            const string OldKey = "mfsmaster/mfsmaster-often-20260101T000000Z.mfs";
            CommandResult pushed = await AdminAsync(server, "push-backup", $"--backup={old}", $"--to={Place(OldKey)}");
            Assert.True(pushed.ExitCode == 0, pushed.Output + pushed.Error);
            await cluster.MakeAsync(
                "MfsHaScheduledBackup", "often", $$"""{"cluster":"mfsmaster","schedule":"*/1 * * * *","keep":14,"keepDays":30,"target":{{{Store(server, "keys")}}} }""");
            JsonNode schedule = await cluster.StatusAsync("mfshasb", "often", static s => s["lastSuccessTime"] is not null);
            _ = await Kubectl.RunAsync("patch", "-n", Namespace, "mfshasb", "often", "--type=merge", "-p", """{"spec":{"suspend":true}}""");
            Assert.StartsWith("mfsmaster/mfsmaster-often-2", (string?)schedule["lastPath"], StringComparison.Ordinal);
            Assert.Equal(2, (await AdminAsync(server, "fetch-backup", $"--from={Place(OldKey)}", $"--output={old}.again")).ExitCode);
            _ = await FetchAsync(server, (string)schedule["lastPath"]!);
            _ = await FetchAsync(server, path);
            KubernetesCluster.Note($"one by the clock: {schedule["lastPath"]}; the one that was too old is gone, the other is not");

            JsonNode refused = await cluster.StatusAsync("mfshab", "refused", static s => (string?)s["phase"] is "Completed" or "Failed");
            Assert.Equal("Failed", (string?)refused["phase"]);
            Assert.Contains("Forbidden", (string?)refused["message"], StringComparison.OrdinalIgnoreCase);
            KubernetesCluster.Note($"a wrong key is refused: {refused["message"]}");

            await cluster.MakeAsync(
                "MfsHaCluster", "restored",
                $$$"""{"replicas":3,"deletionPolicy":"Delete","storage":{"size":"1Gi"},"bootstrap":{"fromBackup":{{{{Store(server, "keys")}}},"path":"{{{path}}}"} } }""");
            JsonNode restored = await cluster.StatusAsync("mfsha", "restored", static s => (string?)s["phase"] == "Ready" && (string?)s["quorum"] == "3/3");
            Assert.Equal((string?)(await cluster.GetAsync())["status"]!["metadataId"], (string?)restored["metadataId"]);
            string another = await outside.MountAnotherAsync(await Kubectl.RunAsync("get", "-n", Namespace, "service", "restored", "-o", "jsonpath={.spec.clusterIP}"));
            Assert.Equal(tree, WholeTree.Of(another));
            KubernetesCluster.Note("a second cluster from it, with the same tree");
            _ = await Kubectl.RunAsync("delete", "-n", Namespace, "mfsha", "restored", "--timeout=120s");

            await File.WriteAllTextAsync(Path.Combine(outside.Mounted, "tuesday"), "written after the backup\n", Cancellation);
            await cluster.MakeAsync("MfsHaRestore", "back", """{"cluster":"mfsmaster","confirm":"mfsmaster","backup":"once"}""");
            JsonNode back = await cluster.StatusAsync("mfshar", "back", static s => (string?)s["phase"] is "Completed" or "Failed");
            Assert.True((string?)back["phase"] == "Completed", back.ToJsonString());
            Assert.Equal(tree, WholeTree.Of(await outside.MountAnotherAsync(await cluster.AddressAsync())));
            KubernetesCluster.Note("and the first cluster goes back to it, in place");
        }
    }

    private static string Store(ObjectStoreServer server, string secret) =>
        $$""" "s3":{"endpoint":"{{server.Endpoint}}","bucket":"{{ObjectStoreServer.Bucket}}","prefix":"{{Prefix}}","credentialsSecret":"{{secret}}"} """;

    private static string Place(string path) => $"s3://{ObjectStoreServer.Bucket}/{Prefix}/{path}";

    private static Task<CommandResult> AdminAsync(ObjectStoreServer server, params string[] arguments) => Command.TryRunAsync(
        ["env", .. server.Variables.Select(static v => $"{v.Key}={v.Value}"), MfsHaPrograms.Admin, .. arguments], cancellation: Cancellation);

    // By the real program, which verifies it.
    private async Task<string> FetchAsync(ObjectStoreServer server, string path)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName, "fetched.mfs");
        CommandResult fetched = await AdminAsync(server, "fetch-backup", $"--from={Place(path)}", $"--output={file}");
        Assert.True(fetched.ExitCode == 0, fetched.Output + fetched.Error);
        return file;
    }

    private static async Task<string> AgeAsync(string file, int days)
    {
        string old = file + ".old";
        File.Copy(file, old);
        await File.WriteAllBytesAsync(BackupManifest.PathOf(old), (BackupManifest.Read(file) with { Made = DateTimeOffset.UtcNow.AddDays(-days) }).ToBytes(), Cancellation);
        return old;
    }
}

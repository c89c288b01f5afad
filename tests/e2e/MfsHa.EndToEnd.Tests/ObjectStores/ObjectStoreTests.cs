using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MfsHa.MetadataFile.Backups;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.ObjectStores;

/// <summary>mfsha-admin against a real S3 server: a backup of several pieces, that is killed on its way, and callers that the server does not know.</summary>
public sealed class ObjectStoreTests : IDisposable
{
    private const string Place = $"s3://{ObjectStoreServer.Bucket}/a/b.mfs";

    /// <summary>Three pieces.</summary>
    private const int Length = 70 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("mfsha-store-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Explicit = true)]
    public async Task A_backup_that_is_killed_on_its_way_is_not_there_and_one_that_arrives_is_whole()
    {
        await using ObjectStoreServer server = await ObjectStoreServer.StartAsync("127.0.0.1");
        string backup = await MakeAsync();
        int killed = 0;
        for (int attempt = 0; attempt < 12; attempt++)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"s3://{ObjectStoreServer.Bucket}/killed/{attempt}.mfs");
            await using (ManagedProcess push = ManagedProcess.Start(
                "push", Path.Combine(_folder, "push.log"), [MfsHaPrograms.Admin, "push-backup", $"--backup={backup}", $"--to={place}"], server.Variables))
            {
                // Not waiting for anything: where it is killed is what differs.
                await Task.Delay(TimeSpan.FromMilliseconds(250 * (attempt + 1)), Cancellation);
                killed += push.HasExited ? 0 : 1;
                await push.KillAsync();
            }

            string fetched = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"fetched-{attempt}.mfs"));
            CommandResult result = await AdminAsync(server, "fetch-backup", $"--from={place}", $"--output={fetched}");
            Assert.True(result.ExitCode is 0 or 2, $"attempt {attempt}: {result.ExitCode}: {result.Output}{result.Error}");
            if (result.ExitCode == 2)
            {
                CommandResult again = await AdminAsync(server, "push-backup", $"--backup={backup}", $"--to={place}");
                Assert.True(again.ExitCode == 0, again.Output + again.Error);
                result = await AdminAsync(server, "fetch-backup", $"--from={place}", $"--output={fetched}");
            }

            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            _ = await Command.RunAsync(["cmp", backup, fetched], Cancellation);
            File.Delete(fetched);
        }

        Assert.True(killed > 0, "no attempt was killed in time");
        TestContext.Current.TestOutputHelper?.WriteLine($"{killed} of 12 were killed");
    }

    [Fact(Explicit = true)]
    public async Task Whom_the_server_does_not_know_and_what_it_does_not_have_is_said()
    {
        await using ObjectStoreServer server = await ObjectStoreServer.StartAsync("127.0.0.1");
        string backup = await MakeAsync();
        CommandResult wrong = await Command.TryRunAsync(
            ["env", $"MFSHA_S3_ENDPOINT={server.Endpoint}", $"AWS_ACCESS_KEY_ID={ObjectStoreServer.Key}", "AWS_SECRET_ACCESS_KEY=guessed", MfsHaPrograms.Admin, "push-backup", $"--backup={backup}", $"--to={Place}"],
            cancellation: Cancellation);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("cannot", wrong.Error, StringComparison.Ordinal);
        CommandResult none = await AdminAsync(server, "push-backup", $"--backup={backup}", "--to=s3://nowhere/a.mfs");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("NoSuchBucket", none.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await AdminAsync(server, "push-backup", $"--backup={backup}", $"--to={Place}")).ExitCode);
        CommandResult twice = await AdminAsync(server, "push-backup", $"--backup={backup}", $"--to={Place}");
        Assert.Equal(1, twice.ExitCode);
        Assert.Contains("exists already", twice.Output, StringComparison.Ordinal);
        Assert.Equal(64, (await Command.TryRunAsync(["env", "-u", "AWS_ACCESS_KEY_ID", MfsHaPrograms.Admin, "fetch-backup", $"--from={Place}", $"--output={backup}.x"], cancellation: Cancellation)).ExitCode);
    }

    private static Task<CommandResult> AdminAsync(ObjectStoreServer server, params string[] arguments) => Command.TryRunAsync(
        ["env", .. server.Variables.Select(static v => $"{v.Key}={v.Value}"), MfsHaPrograms.Admin, .. arguments], cancellation: Cancellation);

    // Such as no cluster of a test has: its one section is noise, so that pieces in a wrong order are noticed.
    private async Task<string> MakeAsync()
    {
        string path = Path.Combine(_folder, "large.mfs");
        await using var file = new FileStream(path, FileMode.Create);
        var noise = new byte[Length];
        new Random(5).NextBytes(noise);
        file.Write("MFSM 2.0"u8);
        file.Write(BigEndian(77));
        file.Write(BigEndian(4));
        file.Write(Encoding.ASCII.GetBytes("NODE 1.4"));
        file.Write(BigEndian(Length));
        file.Write(noise);
        file.Write("[MFS EOF MARKER]"u8);
        file.Position = 0;
        (ulong id, IReadOnlyList<ManifestSection> sections) = BackupFrame.Read(file);
        file.Position = 0;
        List<string> blocks = [];
        await foreach (string checksum in BackupBlocks.ReadAsync(file, BackupBlocks.Length, Cancellation))
        {
            blocks.Add(checksum);
        }

        var manifest = new BackupManifest
        {
            Format = BackupManifest.CurrentFormat, MfshaVersion = "0.1.0", MetaId = id.ToString("X16", CultureInfo.InvariantCulture), Made = DateTimeOffset.UnixEpoch, MetadataFormat = "4.x", MetadataVersion = 77,
            Shards = 1, PauseMilliseconds = 0, Positions = [], Counts = new SortedDictionary<string, ulong>(StringComparer.Ordinal), NotKept = [], Length = file.Length, Sections = sections, BlockLength = BackupBlocks.Length,
            Blocks = blocks,
        };
        await File.WriteAllBytesAsync(BackupManifest.PathOf(path), manifest.ToBytes(), Cancellation);
        return path;
    }

    private static byte[] BigEndian(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }
}

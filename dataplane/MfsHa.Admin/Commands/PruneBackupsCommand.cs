using System.CommandLine;
using MfsHa.Admin.Backups;
using MfsHa.Admin.ObjectStores;

namespace MfsHa.Admin.Commands;

/// <summary><c>prune-backups</c>: backups that are too many or too old are deleted. Asks no node.</summary>
internal static class PruneBackupsCommand
{
    private const int MostKept = 100_000;
    private const int MostDays = 36_500;

    public static Command Create(Func<string, string?> environment, TextWriter output)
    {
        var directory = new Option<string>("--directory") { Description = "Where the backups are: a directory, or s3://BUCKET/KEY of an object store.", HelpName = "DIRECTORY", Required = true };
        var prefix = new Option<string>("--prefix") { Description = "Only files whose names are this, a time as 20261130T020000Z, and .mfs: backups with other names are never deleted.", HelpName = "TEXT", Required = true };
        var keep = new Option<int>("--keep") { Description = "How many are kept.", HelpName = "N", Required = true };
        var days = new Option<int>("--keep-days") { Description = "How many days they are kept at most.", HelpName = "N", DefaultValueFactory = static _ => MostDays };
        var store = new ObjectStoreOptions(environment);
        var command = new Command(
            "prune-backups",
            "Delete backups that are too many or too old. The newest one that is whole stays in any case, and so does what has no manifest. Exit code: 1 when none is whole; nothing is deleted then.")
        {
            directory, prefix, keep, days, store.Endpoint, store.Region,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            int most = parsed.GetValue(keep) is > 0 and <= MostKept and var wanted ? wanted : throw new UsageException($"--keep: 1..{MostKept} expected, found {parsed.GetValue(keep)}");
            int age = parsed.GetValue(days) is > 0 and <= MostDays and var given ? given : throw new UsageException($"--keep-days: 1..{MostDays} expected, found {parsed.GetValue(days)}");
            var retention = new BackupRetention(most, TimeSpan.FromDays(age));
            string where = parsed.GetValue(directory)!;
            if (ObjectPlace.IsMeant(where))
            {
                var place = ObjectPlace.Parse("--directory", where);
                using S3Store opened = store.Open(parsed, place.Bucket);
                return await RunAsync(new StoredBackupFolder(opened, place), parsed.GetValue(prefix)!, retention, output, cancellation);
            }

            var folder = new DirectoryInfo(where);
            return folder.Exists
                ? await RunAsync(new BackupDirectory(folder), parsed.GetValue(prefix)!, retention, output, cancellation)
                : throw new UsageException($"--directory: there is no {folder.FullName}");
        });
        return command;
    }

    private static async Task<int> RunAsync(IBackupFolder folder, string prefix, BackupRetention retention, TextWriter output, CancellationToken cancellation) =>
        await BackupPruning.RunAsync(folder, prefix, retention, DateTimeOffset.UtcNow, output.WriteLineAsync, cancellation) ? ExitCode.Done : ExitCode.Trouble;
}

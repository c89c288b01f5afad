using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using MfsHa.Admin.Backups;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Commands;

/// <summary><c>prune-backups</c>: backups that are too many or too old are deleted. Asks no node.</summary>
internal static partial class PruneBackupsCommand
{
    private const int MostKept = 100_000;
    private const int MostDays = 36_500;

    public static Command Create(TextWriter output)
    {
        var directory = new Option<DirectoryInfo>("--directory") { Description = "Where the backups are.", HelpName = "DIRECTORY", Required = true };
        var prefix = new Option<string>("--prefix") { Description = "Only files whose names are this, a time as 20261130T020000Z, and .mfs: backups with other names are never deleted.", HelpName = "TEXT", Required = true };
        var keep = new Option<int>("--keep") { Description = "How many are kept.", HelpName = "N", Required = true };
        var days = new Option<int>("--keep-days") { Description = "How many days they are kept at most.", HelpName = "N", DefaultValueFactory = static _ => MostDays };
        var command = new Command(
            "prune-backups",
            "Delete backups that are too many or too old. The newest one that is whole stays in any case, and so does what has no manifest. Exit code: 1 when none is whole; nothing is deleted then.")
        {
            directory, prefix, keep, days,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            int most = parsed.GetValue(keep) is > 0 and <= MostKept and var wanted ? wanted : throw new UsageException($"--keep: 1..{MostKept} expected, found {parsed.GetValue(keep)}");
            int age = parsed.GetValue(days) is > 0 and <= MostDays and var given ? given : throw new UsageException($"--keep-days: 1..{MostDays} expected, found {parsed.GetValue(days)}");
            DirectoryInfo folder = parsed.GetValue(directory)!;
            if (!folder.Exists)
            {
                throw new UsageException($"--directory: there is no {folder.FullName}");
            }

            return await RunAsync(folder, parsed.GetValue(prefix)!, new BackupRetention(most, TimeSpan.FromDays(age)), output, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(DirectoryInfo folder, string prefix, BackupRetention retention, TextWriter output, CancellationToken cancellation)
    {
        var backups = new List<(string Path, DateTimeOffset Made)>();
        foreach (FileInfo file in folder.EnumerateFiles("*.mfs").Where(f => f.Name.StartsWith(prefix, StringComparison.Ordinal) && Time().IsMatch(f.Name[prefix.Length..])))
        {
            try
            {
                backups.Add((file.FullName, BackupManifest.Read(file.FullName).Made));
            }
            catch (BackupException e)
            {
                await output.WriteLineAsync($"{file.FullName}: left alone: {e.Message}");
            }
        }

        // What is newer than the newest whole one is damaged, and no reason to delete anything.
        backups.Sort(static (a, b) => b.Made.CompareTo(a.Made));
        int damaged = 0;
        while (damaged < backups.Count && await DamageOf(backups[damaged].Path, cancellation) is { } damage)
        {
            await output.WriteLineAsync($"{backups[damaged].Path}: left alone: {damage}");
            damaged++;
        }

        if (damaged == backups.Count)
        {
            await output.WriteLineAsync($"{folder.FullName}: no whole backup; nothing is deleted");
            return ExitCode.Trouble;
        }

        IReadOnlyList<(string Path, DateTimeOffset Made)> surplus = retention.Surplus(backups.Skip(damaged), static b => b.Made, DateTimeOffset.UtcNow);
        foreach ((string path, DateTimeOffset made) in surplus)
        {
            // Without its metadata.mfs a manifest is no backup; the other way round a file would be left that nothing vouches for.
            File.Delete(path);
            File.Delete(BackupManifest.PathOf(path));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{path}: deleted, made {made:yyyy-MM-dd HH:mm:ss}Z"));
        }

        await output.WriteLineAsync($"{backups.Count - damaged - surplus.Count} backups kept, {surplus.Count} deleted");
        return ExitCode.Done;
    }

    [GeneratedRegex(@"^[0-9]{8}T[0-9]{6}Z\.mfs$", RegexOptions.CultureInvariant)]
    private static partial Regex Time();

    private static async Task<string?> DamageOf(string path, CancellationToken cancellation)
    {
        try
        {
            _ = await BackupCheck.RunAsync(path, cancellation);
            return null;
        }
        catch (BackupException e)
        {
            return e.Message;
        }
    }
}

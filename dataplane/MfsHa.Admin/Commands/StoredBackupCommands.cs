using System.CommandLine;
using MfsHa.Admin.Backups;
using MfsHa.Admin.ObjectStores;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Commands;

/// <summary><c>push-backup</c> and <c>fetch-backup</c>: backups go to an object store, and come back. They ask no node.</summary>
internal static class StoredBackupCommands
{
    public static Command CreatePush(Func<string, string?> environment, TextWriter output)
    {
        var file = new Option<string>("--backup") { Description = "The metadata.mfs of the backup; its manifest lies beside it.", HelpName = "FILE", Required = true };
        var to = new Option<string>("--to") { Description = "Where it goes.", HelpName = "s3://BUCKET/KEY", Required = true };
        var store = new ObjectStoreOptions(environment);
        var command = new Command(
            "push-backup",
            "Verify a backup, bring it into an object store that speaks S3, and read back what has arrived. It never replaces one. Exit code: 0 there and whole, 1 not.")
        {
            file, to, store.Endpoint, store.Region,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var place = ObjectPlace.Parse("--to", parsed.GetValue(to)!);
            using S3Store opened = store.Open(parsed, place.Bucket);
            try
            {
                BackupManifest manifest = await StoredBackups.PushAsync(opened, place.Key, parsed.GetValue(file)!, cancellation);
                await output.WriteLineAsync($"{place}: there and whole, {manifest.Length} bytes, metaid {manifest.MetaId}");
                return ExitCode.Done;
            }
            catch (BackupException e)
            {
                await output.WriteLineAsync($"{place}: not stored: {e.Message}");
                return ExitCode.Trouble;
            }
        });
        return command;
    }

    public static Command CreateFetch(Func<string, string?> environment, TextWriter output)
    {
        var from = new Option<string>("--from") { Description = "Where it is.", HelpName = "s3://BUCKET/KEY", Required = true };

        // Hides the --output of the other commands, which says how to print.
        var file = new Option<string>("--output", "-o") { Description = "The metadata.mfs to write, with FILE.manifest beside it; it must not exist and appears only when both are whole.", HelpName = "FILE", Required = true };
        var store = new ObjectStoreOptions(environment);
        var command = new Command(
            "fetch-backup",
            "Bring a backup from an object store that speaks S3 to this machine, and verify it. Exit code: 0 there and whole, 1 not whole or not to be had (nothing is left), 2 the store has no such backup.")
        {
            from, file, store.Endpoint, store.Region,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var place = ObjectPlace.Parse("--from", parsed.GetValue(from)!);
            using S3Store opened = store.Open(parsed, place.Bucket);
            try
            {
                string path = parsed.GetValue(file)!;
                if (await StoredBackups.FetchAsync(opened, place.Key, path, cancellation) is { } manifest)
                {
                    await output.WriteLineAsync($"{path}: whole, {manifest.Length} bytes, metaid {manifest.MetaId}");
                    return ExitCode.Done;
                }

                await output.WriteLineAsync($"{place}: there is no such backup");
                return ExitCode.Unavailable;
            }
            catch (BackupException e)
            {
                await output.WriteLineAsync($"{place}: not a whole backup\n{e.Message}");
                return ExitCode.Trouble;
            }
        });
        return command;
    }
}

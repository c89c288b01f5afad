using System.CommandLine;
using System.Globalization;
using MfsHa.Admin.Output;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Commands;

/// <summary><c>verify-restore</c>: whether a backup is whole. Asks no node.</summary>
internal static class VerifyRestoreCommand
{
    public static Command Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        var file = new Option<string>("--backup") { Description = "The metadata.mfs of the backup; its manifest lies beside it.", HelpName = "FILE", Required = true };
        var command = new Command("verify-restore", "Check a backup without a cluster: manifest, every byte, structure. Exit code: 0 whole, 1 damaged (the places are named) or not readable.") { file };
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = parsed.GetValue(file)!;
            bool json = parsed.GetValue(options.Format) == OutputFormat.Json;
            try
            {
                BackupManifest manifest = await BackupCheck.RunAsync(path, cancellation);
                await WriteAsync(output, path, manifest, json);
                return ExitCode.Done;
            }
            catch (BackupException e)
            {
                await (json ? Json.WriteAsync(output, new VerdictDocument(path, false, e.Message.Split('\n'))) : output.WriteLineAsync($"{path}: not a whole backup\n{e.Message}"));
                return ExitCode.Trouble;
            }
        });
        return command;
    }

    private static async Task WriteAsync(TextWriter output, string path, BackupManifest manifest, bool json)
    {
        if (json)
        {
            await Json.WriteAsync(output, new VerdictDocument(path, true, []));
            return;
        }

        await output.WriteLineAsync($"{path}: whole");
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"metaid {manifest.MetaId}, made {manifest.Made:yyyy-MM-dd HH:mm:ss}Z by mfsha {manifest.MfshaVersion}, {manifest.Shards} shards, metadata.mfs of {manifest.MetadataFormat}, version {manifest.MetadataVersion}"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{manifest.Length} bytes, {manifest.Blocks.Count} blocks, sections {string.Join(' ', manifest.Sections.Select(static s => s.Name))}: {string.Join(", ", manifest.Counts.Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Value} {c.Key}")))}"));
    }

    internal sealed record VerdictDocument(string Backup, bool Whole, IReadOnlyList<string> Damages);
}

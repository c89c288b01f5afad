using System.CommandLine;
using MfsHa.Admin.Backups;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Exports;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Commands;

/// <summary><c>mfsha-backup</c>, also <c>mfsha-admin backup</c>: an export with a manifest beside it.</summary>
internal static class BackupCommand
{
    public static Command Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        // Hides the --output of the other commands, which says how to print.
        var file = new Option<string>("--output", "-o") { Description = "The metadata.mfs to write, with FILE.manifest beside it; it must not exist and appears only when both are whole.", HelpName = "FILE", Required = true };
        Option<string> format = ExportMetadataCommand.FormatOption();
        var command = new Command(
            "backup",
            "Write the metadata of the running cluster, as it is at one moment, as a backup: a metadata.mfs, and a manifest with checksums. Exit code: 0 written, 1 refused or not whole (nothing is left), 2 impossible now.") { file, format };
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = parsed.GetValue(file)!;
            ExportMetadataRequest request = ExportMetadataCommand.RequestOf(parsed.GetValue(format));
            ExportedEnd end = await AdminConnection.InvokeAsync(options.TargetOf(parsed, isLong: true), (invoker, call) => BackupWriter.WriteAsync(invoker, request, path, call), cancellation);
            await ExportReport.WriteAsync(output, path, end);
            await output.WriteLineAsync($"{BackupManifest.PathOf(path)}: checksums");
            return ExitCode.Done;
        });
        return command;
    }
}

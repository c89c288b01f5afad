using System.CommandLine;
using Grpc.Core;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Exports;

namespace MfsHa.Admin.Commands;

/// <summary><c>export-metadata</c>: the cluster's metadata as a metadata.mfs that an mfsmaster starts on.</summary>
internal static class ExportMetadataCommand
{
    private const string Format3 = "3.0";
    private const string Format4 = "4.x";

    public static Command Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        // Hides the --output of the other commands, which says how to print.
        var file = new Option<string>("--output", "-o") { Description = "The file to write; it must not exist and appears only when it is whole.", HelpName = "FILE", Required = true };
        Option<string> format = FormatOption();
        var command = new Command(
            "export-metadata",
            "Write the metadata of the running cluster, as it is at one moment, as a metadata.mfs. Exit code: 0 written, 1 refused or not whole (nothing is left), 2 impossible now.") { file, format };
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = parsed.GetValue(file)!;
            ExportMetadataRequest request = RequestOf(parsed.GetValue(format));
            ExportedEnd end = await AdminConnection.CallAsync(
                options.TargetOf(parsed, isLong: true), (client, call) => ReadAsync(client, request, path, call), cancellation);
            await ExportReport.WriteAsync(output, path, end);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>For which mfsmaster a file is.</summary>
    public static Option<string> FormatOption()
    {
        var format = new Option<string>("--format")
        {
            Description = "For which mfsmaster: 3.0 (3.0.117 and everything newer) or 4.x (4.56 and everything newer).",
            HelpName = "3.0|4.x",
            DefaultValueFactory = _ => Format4,
        };
        format.AcceptOnlyFromAmong(Format3, Format4);
        return format;
    }

    /// <summary>The call for a value of <see cref="FormatOption"/>.</summary>
    public static ExportMetadataRequest RequestOf(string? format) => new() { Format = format == Format3 ? MetadataFileFormat._30 : MetadataFileFormat._4X };

    private static async Task<ExportedEnd> ReadAsync(Contract.Admin.AdminClient client, ExportMetadataRequest request, string path, CallOptions call)
    {
        using AsyncServerStreamingCall<ExportedMetadata> stream = client.ExportMetadata(request, call);
        return await ExportReceiver.ReceiveAsync(stream.ResponseStream, path, beforeName: null, call.CancellationToken);
    }
}

using System.CommandLine;
using MfsHa.Admin.Output;

namespace MfsHa.Admin.Commands;

/// <summary><c>consistency-check</c>: whether all replicas of every group hold the same state at one log index, and all nodes the same CRDT state.</summary>
internal static class ConsistencyCheckCommand
{
    public static Command Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        var command = new Command(
            "consistency-check",
            "Compare checksums of the state of all replicas of every group at one log index, and of what all nodes have of the CRDT state (where chunks are, and which chunkservers there are) after one and the same change. "
            + "Names the first key, and the first chunk, that differs. Exit code: 0 all agree, 1 some differ, 2 not all could be compared.");
        command.SetAction(async (parsed, cancellation) =>
        {
            ConsistencyReport report = await ConsistencyReport.AskAsync(options.TargetOf(parsed, isLong: true), cancellation);
            if (parsed.GetValue(options.Format) == OutputFormat.Json)
            {
                await Json.WriteAsync(output, ConsistencyDocument.Of(report));
            }
            else
            {
                foreach (string line in report.Lines())
                {
                    await output.WriteLineAsync(line);
                }
            }

            return report.Exit;
        });
        return command;
    }
}

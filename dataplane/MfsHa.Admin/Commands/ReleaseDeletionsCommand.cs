using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Commands;

/// <summary><c>release-deletions</c>: after a restore, copies of chunks may be deleted again.</summary>
internal static class ReleaseDeletionsCommand
{
    public static Command Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        var command = new Command(
            "release-deletions",
            "After a restore: let copies of chunks that the backup does not refer to be deleted again. Do it when the files are as they should be: what is deleted is gone.");
        command.SetAction(async (parsed, cancellation) =>
        {
            ReleaseDeletionsReply reply = await AdminConnection.CallAsync(
                options.TargetOf(parsed), async (client, call) => await client.ReleaseDeletionsAsync(new ReleaseDeletionsRequest(), call), cancellation);
            await output.WriteLineAsync(reply.WereHeld ? "deletions are released" : "deletions were not held");
            return ExitCode.Done;
        });
        return command;
    }
}

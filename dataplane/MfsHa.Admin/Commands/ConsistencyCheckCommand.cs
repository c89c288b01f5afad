using System.CommandLine;
using Grpc.Core;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;

namespace MfsHa.Admin.Commands;

/// <summary><c>consistency-check</c>: whether all replicas of every group hold the same state at one log index.</summary>
internal static class ConsistencyCheckCommand
{
    public static Command Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        var command = new Command(
            "consistency-check",
            "Compare checksums of the state of all replicas of every group at one log index. Exit code: 0 all agree, 1 some differ, 2 not all could be asked.");
        command.SetAction(async (parsed, cancellation) =>
        {
            List<ReplicaChecksum> checksums = await AdminConnection.CallAsync(options.TargetOf(parsed, isLong: true), ReadAsync, cancellation);
            IReadOnlyList<GroupVerdict> verdicts = GroupVerdict.Of(checksums);
            if (parsed.GetValue(options.Format) == OutputFormat.Json)
            {
                await Json.WriteAsync(output, ConsistencyDocument.Of(verdicts));
            }
            else
            {
                foreach (GroupVerdict verdict in verdicts)
                {
                    await output.WriteLineAsync(verdict.ToString());
                }

                await output.WriteLineAsync($"Consistency: {GroupVerdict.WordOf(verdicts)}");
            }

            return ExitCodeOf(verdicts);
        });
        return command;
    }

    internal static int ExitCodeOf(IReadOnlyList<GroupVerdict> verdicts) => GroupVerdict.KindOf(verdicts) switch
    {
        ConsistencyKind.Same => ExitCode.Done,
        ConsistencyKind.Different => ExitCode.Trouble,
        _ => ExitCode.Unavailable,
    };

    internal static async Task<List<ReplicaChecksum>> ReadAsync(Contract.Admin.AdminClient client, CallOptions call)
    {
        var checksums = new List<ReplicaChecksum>();
        using AsyncServerStreamingCall<ReplicaChecksum> stream = client.CheckConsistency(new CheckConsistencyRequest(), call);
        await foreach (ReplicaChecksum checksum in stream.ResponseStream.ReadAllAsync(call.CancellationToken))
        {
            checksums.Add(checksum);
        }

        return checksums;
    }
}

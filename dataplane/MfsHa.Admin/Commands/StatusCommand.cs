using System.CommandLine;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;

namespace MfsHa.Admin.Commands;

/// <summary><c>status</c>: the cluster's health; its verdict is the exit code.</summary>
internal static class StatusCommand
{
    public static Command Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        var command = new Command("status", "Show the health of the cluster. Exit code: 0 healthy, 1 degraded, 2 no quorum, 3 no node answers.");
        command.SetAction(async (parsed, cancellation) =>
        {
            bool isJson = parsed.GetValue(options.Format) == OutputFormat.Json;
            ClusterStatus status;
            try
            {
                status = await AdminConnection.CallAsync(
                    options.TargetOf(parsed), async (client, call) => await client.GetStatusAsync(new GetStatusRequest(), call), cancellation);
            }
            catch (UnreachableException e) when (isJson)
            {
                await Json.WriteAsync(output, new Unreachable(StatusText.WordOf(HealthVerdict.Unreachable), e.Message));
                return ExitCode.Unreachable;
            }

            ClusterHealth health = ClusterHealth.Of(status);
            if (isJson)
            {
                await Json.WriteAsync(output, StatusDocument.Of(status, health));
            }
            else
            {
                StatusText.Write(output, status, health);
            }

            return (int)health.Verdict;
        });
        return command;
    }

    internal sealed record Unreachable(string Status, string Error);
}

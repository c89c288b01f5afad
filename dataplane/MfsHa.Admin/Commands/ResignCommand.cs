using System.CommandLine;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;

namespace MfsHa.Admin.Commands;

/// <summary><c>resign</c>: moves the leadership of a group.</summary>
internal static class ResignCommand
{
    public static Command Create(AdminCommand.CommonOptions options, TextWriter output)
    {
        var group = new Argument<int>("group") { Description = "Number of the group: 0 the system group, 1 + n that of shard n." };
        var successor = new Option<int>("--to") { Description = "Node that should lead afterwards (default: any).", HelpName = "NODE" };
        group.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > ushort.MaxValue)
            {
                result.AddError($"group: expected 0..{ushort.MaxValue}");
            }
        });
        successor.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ushort.MaxValue)
            {
                result.AddError($"--to: expected an id 1..{ushort.MaxValue}");
            }
        });
        var command = new Command("resign", "Have the leader of a group give its leadership away.") { group, successor };
        command.SetAction(async (parsed, cancellation) =>
        {
            var request = new ResignRequest { Group = (uint)parsed.GetValue(group), Successor = (uint)parsed.GetValue(successor) };
            ResignReply reply = await AdminConnection.CallAsync(
                options.TargetOf(parsed), async (client, call) => await client.ResignAsync(request, call), cancellation);
            if (parsed.GetValue(options.Format) == OutputFormat.Json)
            {
                await Json.WriteAsync(output, new Given(request.Group, reply.Leader, reply.Term));
            }
            else
            {
                await output.WriteLineAsync($"group {GroupVerdict.NameOf(request.Group)}: node {reply.Leader} leads in term {reply.Term}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    internal sealed record Given(uint Group, uint Leader, ulong Term);
}

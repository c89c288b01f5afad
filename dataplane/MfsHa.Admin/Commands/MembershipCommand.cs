using System.CommandLine;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;

namespace MfsHa.Admin.Commands;

/// <summary><c>node remove</c> and <c>node add</c>.</summary>
internal static class MembershipCommand
{
    private const int DefaultNodePort = 9430;

    public static Command Create(AdminCommand.CommonOptions options, TextWriter output) => new("node", "Change the members of the cluster.")
    {
        Remove(options, output),
        Add(options, output),
    };

    private static Command Remove(AdminCommand.CommonOptions options, TextWriter output)
    {
        Argument<int> node = NodeArgument();
        var command = new Command("remove", "Take a node out of all groups: for good, or because its disk is lost.") { node };
        command.SetAction(async (parsed, cancellation) =>
        {
            int id = parsed.GetValue(node);
            MembershipReply reply = await AdminConnection.CallAsync(
                options.TargetOf(parsed, isLong: true),
                async (client, call) => await client.RemoveNodeAsync(new RemoveNodeRequest { Node = (uint)id }, call),
                cancellation);
            await WriteAsync(parsed.GetValue(options.Format), output, id, "removed", reply);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Add(AdminCommand.CommonOptions options, TextWriter output)
    {
        Argument<int> node = NodeArgument();
        var address = new Option<string>("--address") { Description = "Where its node link listens: host[:port].", Required = true };
        address.Validators.Add(result =>
        {
            if (!TryAddress(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--address: expected host[:port]");
            }
        });
        var command = new Command("add", "Add a node with an empty disk, also one that was removed before.") { node, address };
        command.SetAction(async (parsed, cancellation) =>
        {
            int id = parsed.GetValue(node);
            _ = TryAddress(parsed.GetValue(address)!, out Uri uri);
            MembershipReply reply = await AdminConnection.CallAsync(
                options.TargetOf(parsed, isLong: true),
                async (client, call) => await client.AddNodeAsync(new AddNodeRequest { Node = (uint)id, Host = uri.Host, Port = (uint)uri.Port }, call),
                cancellation);
            await WriteAsync(parsed.GetValue(options.Format), output, id, "added", reply);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<int> NodeArgument()
    {
        var node = new Argument<int>("node") { Description = "Id of the node." };
        node.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ushort.MaxValue)
            {
                result.AddError($"node: expected an id 1..{ushort.MaxValue}");
            }
        });
        return node;
    }

    private static bool TryAddress(string text, out Uri address)
    {
        bool ok = AdminTarget.TryParse(text, DefaultNodePort, default, out AdminTarget target) && target.Addresses.Count == 1;
        address = ok ? target.Addresses[0] : new Uri("http://invalid");
        return ok;
    }

    private static Task WriteAsync(OutputFormat format, TextWriter output, int node, string what, MembershipReply reply) =>
        format == OutputFormat.Json
            ? Json.WriteAsync(output, new { node, outcome = what, groups = reply.Groups.ToArray() })
            : output.WriteLineAsync($"node {node} {what}; groups changed: {string.Join(", ", reply.Groups)}");
}

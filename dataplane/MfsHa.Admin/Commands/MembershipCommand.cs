using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;

namespace MfsHa.Admin.Commands;

/// <summary><c>node list</c>, <c>add</c>, <c>remove</c>, <c>replace</c>, <c>drain</c> and <c>undrain</c>.</summary>
internal static class MembershipCommand
{
    private const int DefaultNodePort = 9430;

    public static Command Create(AdminCommand.CommonOptions options, TextWriter output) => new("node", "Let nodes in and out, and keep leaders away from them.")
    {
        List(options, output),
        Add("add", "Add a node that runs on an empty disk, also one that was removed before. (mfsha --join-cluster on that node does it, too.)", isReplacement: false, options, output),
        Remove(options, output),
        Add("replace", "Put a node with an empty disk in the place of a dead one of the same id, which is removed first.", isReplacement: true, options, output),
        Drain("drain", "Move all leaders away from a node, and keep them away.", isUndo: false, options, output),
        Drain("undrain", "Let a drained node lead again.", isUndo: true, options, output),
    };

    private static Command List(AdminCommand.CommonOptions options, TextWriter output)
    {
        var command = new Command("list", "The nodes, and what each is to the cluster.");
        command.SetAction(async (parsed, cancellation) =>
        {
            ClusterStatus status = await AdminConnection.CallAsync(
                options.TargetOf(parsed), async (client, call) => await client.GetStatusAsync(new GetStatusRequest(), call), cancellation);
            ListedNode[] nodes =
            [
                .. status.Nodes.Select(n => new ListedNode(
                    n.Id, $"{n.Host}:{n.Port}", n.Membership.ToString().ToLowerInvariant(), n.Online, [.. status.Groups.Where(g => g.Leader == n.Id).Select(static g => g.Group)], n.Region)),
            ];
            if (parsed.GetValue(options.Format) == OutputFormat.Json)
            {
                await Json.WriteAsync(output, new NodeList(nodes));
                return ExitCode.Done;
            }

            foreach (ListedNode node in nodes)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"Node {node.Id}: {node.State}, {(node.Online ? "online" : "offline")}, {node.Address}{(node.Region.Length > 0 ? $", region {node.Region}" : "")}, leads {Operations.GroupNames.Of(node.Leads)}"));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove(AdminCommand.CommonOptions options, TextWriter output)
    {
        Argument<int> node = NodeArgument();
        var force = new Option<bool>("--force") { Description = "Do not wait until the node has given its leaders away: it hangs. A quorum is not given up for that." };
        var command = new Command("remove", "Take a node out of all groups, for good or because its disk is lost. It gives leaders away first, if it answers. Refused when a group would have no quorum without it.") { node, force };
        command.SetAction(async (parsed, cancellation) =>
        {
            int id = parsed.GetValue(node);
            MembershipReply reply = await AdminConnection.CallAsync(
                options.TargetOf(parsed, isLong: true),
                async (client, call) => await client.RemoveNodeAsync(new RemoveNodeRequest { Node = (uint)id, Force = parsed.GetValue(force) }, call),
                cancellation);
            await WriteAsync(parsed.GetValue(options.Format), output, id, "removed", reply);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Add(string name, string description, bool isReplacement, AdminCommand.CommonOptions options, TextWriter output)
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
        var command = new Command(name, description) { node, address };
        command.SetAction(async (parsed, cancellation) =>
        {
            int id = parsed.GetValue(node);
            _ = TryAddress(parsed.GetValue(address)!, out Uri uri);
            AdminTarget target = options.TargetOf(parsed, isLong: true);
            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task telling = parsed.GetValue(options.Format) == OutputFormat.Text ? TellAsync(target, id, output, done.Token) : Task.CompletedTask;
            MembershipReply reply;
            try
            {
                reply = await AdminConnection.CallAsync(
                    target,
                    async (client, call) => await client.AddNodeAsync(new AddNodeRequest { Node = (uint)id, Host = uri.Host, Port = (uint)uri.Port, Replace = isReplacement }, call),
                    cancellation);
            }
            finally
            {
                await done.CancelAsync();
                await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await WriteAsync(parsed.GetValue(options.Format), output, id, isReplacement ? "replaced" : "added", reply);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Drain(string name, string description, bool isUndo, AdminCommand.CommonOptions options, TextWriter output)
    {
        Argument<int> node = NodeArgument();
        var command = new Command(name, description) { node };
        command.SetAction(async (parsed, cancellation) =>
        {
            int id = parsed.GetValue(node);
            await AdminConnection.CallAsync(
                options.TargetOf(parsed, isLong: true),
                async (client, call) => await client.DrainNodeAsync(new DrainNodeRequest { Node = (uint)id, Undo = isUndo }, call),
                cancellation);
            await (parsed.GetValue(options.Format) == OutputFormat.Json
                ? Json.WriteAsync(output, new Drained(id, isUndo ? "active" : "drained"))
                : output.WriteLineAsync(isUndo ? $"node {id} may lead again" : $"node {id} leads nothing, and takes no leaders until node undrain {id}"));
            return ExitCode.Done;
        });
        return command;
    }

    // Long additions show that they get on.
    private static async Task TellAsync(AdminTarget target, int node, TextWriter output, CancellationToken cancellation)
    {
        string said = "";
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                ClusterStatus status = await AdminConnection.CallAsync(target, static async (client, call) => await client.GetStatusAsync(new GetStatusRequest(), call), cancellation);
                int joined = status.Groups.Count(g => g.Replicas.Any(r => r.Node == node));
                string now = string.Create(CultureInfo.InvariantCulture, $"node {node} is a member of {joined} of {status.Groups.Count} groups");
                if (now != said)
                {
                    said = now;
                    await output.WriteLineAsync(now);
                }
            }
            catch (Exception e) when (e is RpcException or UnreachableException)
            {
                // The call that does the work says what is wrong.
            }
        }
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

    private static bool TryAddress(string? text, out Uri address)
    {
        bool ok = AdminTarget.TryParse(text ?? "", DefaultNodePort, default, out AdminTarget target) && target.Addresses.Count == 1;
        address = ok ? target.Addresses[0] : new Uri("http://invalid");
        return ok;
    }

    private static Task WriteAsync(OutputFormat format, TextWriter output, int node, string what, MembershipReply reply) =>
        format == OutputFormat.Json
            ? Json.WriteAsync(output, new Changed(node, what, [.. reply.Groups]))
            : output.WriteLineAsync($"node {node} {what}; groups changed: {string.Join(", ", reply.Groups)}");

    internal sealed record ListedNode(uint Id, string Address, string State, bool Online, IReadOnlyList<uint> Leads, string Region);

    internal sealed record NodeList(IReadOnlyList<ListedNode> Nodes);

    internal sealed record Drained(int Node, string Outcome);

    internal sealed record Changed(int Node, string Outcome, IReadOnlyList<uint> Groups);
}

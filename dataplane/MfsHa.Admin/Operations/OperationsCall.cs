using System.CommandLine;
using Grpc.Core;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;
using OperationsClient = MfsHa.Admin.Contract.Operations.OperationsClient;

namespace MfsHa.Admin.Operations;

/// <summary>What the commands of day-2 operations have in common.</summary>
internal sealed class OperationsCall(AdminCommand.CommonOptions options, TextWriter output)
{
    /// <summary>Where results go.</summary>
    public TextWriter Output => output;

    /// <summary>Makes a call of the service.</summary>
    public Task<T> CallAsync<T>(ParseResult parsed, Func<OperationsClient, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation, bool isLong = false) =>
        AdminConnection.InvokeAsync(options.TargetOf(parsed, isLong), async (invoker, call1) => await call(new OperationsClient(invoker), call1), cancellation);

    /// <summary>How long a call that waits for what others do may take: --timeout, or an hour.</summary>
    public TimeSpan LimitOf(ParseResult parsed) => options.TargetOf(parsed, isLong: true).Timeout;

    /// <summary>All replicas and the CRDT state are compared.</summary>
    public Task<ConsistencyReport> CompareAsync(ParseResult parsed, CancellationToken cancellation) => ConsistencyReport.AskAsync(options.TargetOf(parsed, isLong: true), cancellation);

    /// <summary>Whether people read along.</summary>
    public bool IsText(ParseResult parsed) => parsed.GetValue(options.Format) == OutputFormat.Text;

    /// <summary>What nodes measure of themselves; all of them when none is named.</summary>
    public async Task<IReadOnlyList<NodeDetails>> DetailsAsync(ParseResult parsed, IEnumerable<uint> nodes, CancellationToken cancellation) =>
        (await CallAsync(parsed, (client, call) => client.GetNodeDetailsAsync(new GetNodeDetailsRequest { Nodes = { nodes } }, call), cancellation)).Nodes;

    /// <summary>The health of the cluster.</summary>
    public Task<ClusterStatus> StatusAsync(ParseResult parsed, CancellationToken cancellation) =>
        AdminConnection.CallAsync(options.TargetOf(parsed), async (client, call) => await client.GetStatusAsync(new GetStatusRequest(), call), cancellation);

    /// <summary>Prints a document as it was asked for.</summary>
    public Task WriteAsync<T>(ParseResult parsed, T document, Func<T, IEnumerable<string>> text) =>
        parsed.GetValue(options.Format) == OutputFormat.Json ? MfsHa.Admin.Output.Json.WriteAsync(output, document) : output.WriteAsync(string.Concat(text(document).Select(static line => line + "\n")));

    /// <summary>A command that calls and prints; what it returns is the exit code.</summary>
    public static Command Create(string name, string description, IEnumerable<Option> options, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction(run);
        return command;
    }

    /// <summary>The option with a node's id.</summary>
    public static Option<int> NodeOption(string description, bool isRequired)
    {
        var node = new Option<int>("--node-id") { Description = description, HelpName = "NODE", Required = isRequired };
        node.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ushort.MaxValue)
            {
                result.AddError($"--node-id: expected an id 1..{ushort.MaxValue}");
            }
        });
        return node;
    }
}

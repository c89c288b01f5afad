using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>node-status</c>: what a node does and uses.</summary>
internal static class NodeStatusCommand
{
    /// <summary>Rates are made of two answers so far apart.</summary>
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    public static Command Create(OperationsCall calls)
    {
        Option<int> node = OperationsCall.NodeOption("The node (default: all).", isRequired: false);
        return OperationsCall.Create(
            "node-status", "Show what a node leads and uses; network rates are those of its host's interfaces over one second. Exit code: 0 ready, 1 not ready or offline.", [node],
            async (parsed, cancellation) =>
            {
                uint[] wanted = parsed.GetValue(node) is > 0 and int id ? [(uint)id] : [];
                IReadOnlyList<NodeDetails> first = await calls.DetailsAsync(parsed, wanted, cancellation);
                ClusterStatus cluster = await calls.StatusAsync(parsed, cancellation);
                await Task.Delay(_interval, cancellation);
                IReadOnlyList<NodeDetails> second = await calls.DetailsAsync(parsed, wanted, cancellation);
                NodeStatusDocument[] documents = [.. second.Select(n => NodeStatusDocument.Of(n, first.FirstOrDefault(f => f.Node == n.Node), cluster))];
                await calls.WriteAsync(parsed, documents, static all => all.SelectMany(static d => d.ToText()));
                return documents.All(static d => d.Ready) ? ExitCode.Done : ExitCode.Trouble;
            });
    }
}

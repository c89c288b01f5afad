using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>ping-nodes</c>: a round trip from the node that is asked to each node.</summary>
internal static class PingNodesCommand
{
    public static Command Create(OperationsCall calls) => OperationsCall.Create(
        "ping-nodes", "Call every node from the node that is asked, as requests are, and show how long it takes. Exit code: 0 all answer, 1 some do not.", [],
        async (parsed, cancellation) =>
        {
            PingNodesReply reply = await calls.CallAsync(parsed, static (client, call) => client.PingNodesAsync(new PingNodesRequest(), call), cancellation);
            Line[] lines = [.. reply.Nodes.Select(static n => new Line(n.Node, n.Answered, n.Answered ? n.RoundTripMicroseconds : null, n.Error))];
            await calls.WriteAsync(parsed, lines, static all => all.Select(static l => l.ToText()));
            return lines.All(static l => l.Answered) ? ExitCode.Done : ExitCode.Trouble;
        });

    internal sealed record Line(uint Node, bool Answered, ulong? RoundTripMicroseconds, string Error)
    {
        public string ToText() => Answered ? $"Node {Node}: OK ({Show.Milliseconds(RoundTripMicroseconds ?? 0)})" : $"Node {Node}: TIMEOUT";
    }
}

using System.CommandLine;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Output;

namespace MfsHa.Admin.Operations;

/// <summary><c>reconcile</c>: what nodes lack of the CRDT state; <c>--force</c> has them get it.</summary>
internal static class ReconcileCommand
{
    public static Command Create(OperationsCall calls)
    {
        var force = new Option<bool>("--force") { Description = "Have every node ask all others for what it lacks, then compare all of it (consistency-check)." };
        return OperationsCall.Create(
            "reconcile",
            "Tell what nodes lack of the CRDT state (where chunks are, and which chunkservers there are) that any other node has. Without --force nothing is changed; nodes ask each other by themselves, too, every HA_GOSSIP_INTERVAL. "
            + "Exit code: 0 all have the same changes, and with --force all agree; 1 something is missing (with --force: still), or something differs; 2 not every node could be asked, or compared.",
            [force],
            async (parsed, cancellation) =>
            {
                bool isForced = parsed.GetValue(force);
                ReconcileReply reply = await calls.CallAsync(parsed, (client, call) => client.ReconcileAsync(new ReconcileRequest { Force = isForced }, call), cancellation, isLong: true);
                ConsistencyReport? report = isForced ? await calls.CompareAsync(parsed, cancellation) : null;
                Document document = Document.Of(reply, report);
                await calls.WriteAsync(parsed, document, d => d.ToText(report));
                int consistency = report?.Exit ?? ExitCode.Done;
                return document.IsMissing || consistency == ExitCode.Trouble ? ExitCode.Trouble
                    : document.Nodes.Any(static n => n.Error.Length > 0) ? ExitCode.Unavailable
                    : consistency;
            });
    }

    /// <summary>What was found.</summary>
    /// <param name="Forced">Nodes were told to get what they lack.</param>
    /// <param name="Nodes">All nodes.</param>
    /// <param name="Consistency">What the comparison has shown; null when it was not made.</param>
    internal sealed record Document(bool Forced, IReadOnlyList<CheckedNode> Nodes, ConsistencyDocument? Consistency)
    {
        /// <summary>Something is missing somewhere now.</summary>
        public bool IsMissing => Nodes.Any(n => (Forced ? n.Left : n.Missing).Count > 0);

        public static Document Of(ReconcileReply reply, ConsistencyReport? report) => new(
            report is not null,
            [.. reply.Nodes.Select(static n => new CheckedNode(n.Node, n.Error, [.. n.Missing.Select(Lack.Of)], [.. n.Asked], [.. n.Left.Select(Lack.Of)]))],
            report is null ? null : ConsistencyDocument.Of(report));

        public IEnumerable<string> ToText(ConsistencyReport? report)
        {
            foreach (CheckedNode node in Nodes)
            {
                if (node.Error.Length > 0)
                {
                    yield return $"Node {node.Id}: NOT ASKED: {node.Error}";
                }

                foreach (Lack part in node.Missing)
                {
                    yield return $"Node {node.Id} {(Forced ? "lacked" : "LACKS")} {part.ToText()}";
                }

                if (Forced && node.Asked.Count > 0)
                {
                    yield return $"Node {node.Id} has asked {(node.Asked.Count == 1 ? "node" : "nodes")} {string.Join(", ", node.Asked)}";
                }

                foreach (Lack part in node.Left)
                {
                    yield return $"Node {node.Id} STILL LACKS {part.ToText()}";
                }
            }

            int whole = Nodes.Count(n => n.Error.Length == 0 && (Forced ? n.Left : n.Missing).Count == 0);
            yield return whole == Nodes.Count ? $"CRDT state: the same on all {whole} nodes" : $"CRDT state: whole on {whole} of {Nodes.Count} nodes{(Forced ? "" : "; reconcile --force has the others get it")}";
            foreach (string line in report?.Lines() ?? [])
            {
                yield return line;
            }
        }
    }

    /// <summary>A node.</summary>
    /// <param name="Id">The node.</param>
    /// <param name="Error">Why it could not be asked; empty when it could.</param>
    /// <param name="Missing">What it lacked.</param>
    /// <param name="Asked">Nodes that it has asked.</param>
    /// <param name="Left">What it lacks now; only known when it was told to get it.</param>
    internal sealed record CheckedNode(uint Id, string Error, IReadOnlyList<Lack> Missing, IReadOnlyList<uint> Asked, IReadOnlyList<Lack> Left);

    /// <summary>What a node lacks of one connection of a chunkserver.</summary>
    /// <param name="ChunkServer">Id of the chunkserver.</param>
    /// <param name="Epoch">Which connection.</param>
    /// <param name="Seen">The last change that the node has.</param>
    /// <param name="Known">The last change that any node has.</param>
    /// <param name="End">It does not know that the connection has ended.</param>
    internal sealed record Lack(uint ChunkServer, ulong Epoch, ulong Seen, ulong Known, bool End)
    {
        public static Lack Of(MissingState state) => new(state.ChunkServer, state.Epoch, state.Seen, state.Known, state.End);

        public string ToText() => (Known - Seen, End) switch
        {
            (0, _) => $"the end of a connection of chunkserver {ChunkServer}",
            (var changes, false) => $"{changes} changes of chunkserver {ChunkServer} (it has {Seen} of {Known})",
            (var changes, true) => $"{changes} changes of chunkserver {ChunkServer} (it has {Seen} of {Known}), and the end of that connection",
        };
    }
}

using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>quorum-status</c>: whether every group has a majority that answers.</summary>
internal static class QuorumStatusCommand
{
    public static Command Create(OperationsCall calls) => OperationsCall.Create(
        "quorum-status", "Say whether every group has a majority of its replicas and a leader. Exit code: 0 quorum available, 2 quorum lost.", [],
        async (parsed, cancellation) =>
        {
            Document document = Document.Of(await calls.StatusAsync(parsed, cancellation));
            await calls.WriteAsync(parsed, document, static d => d.ToText());
            return document.QuorumAvailable ? ExitCode.Done : ExitCode.Unavailable;
        });

    internal sealed record Document(int NodesReachable, int Nodes, bool QuorumAvailable, IReadOnlyList<string> WithoutQuorum)
    {
        public static Document Of(ClusterStatus status)
        {
            string[] lost = [.. status.Groups.Where(g => !HasQuorum(status, g)).Select(static g => GroupNames.Of(g.Group))];
            return new Document(status.Nodes.Count(static n => n.Online), status.Nodes.Count, status.Groups.Count > 0 && lost.Length == 0, lost);
        }

        public IEnumerable<string> ToText()
        {
            yield return $"{NodesReachable}/{Nodes} nodes reachable (QUORUM {(QuorumAvailable ? "AVAILABLE" : "LOST")})";
            if (WithoutQuorum.Count > 0)
            {
                yield return $"Without quorum: {string.Join(", ", WithoutQuorum)}";
            }
        }

        private static bool HasQuorum(ClusterStatus status, GroupStatus group) =>
            status.Nodes.Any(n => n.Id == group.Leader && n.Online) && group.Replicas.Count(static r => r.Online && r.Voter) * 2 > group.Replicas.Count(static r => r.Voter);
    }
}

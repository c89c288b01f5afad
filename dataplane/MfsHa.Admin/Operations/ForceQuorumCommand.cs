using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>force-quorum</c>: go on with the nodes that are left when a majority is lost for good.</summary>
internal static class ForceQuorumCommand
{
    public static Command Create(OperationsCall calls)
    {
        Option<string> nodes = NodeIds.Option("--nodes", "The nodes that stay: all that still have their disks. Separated by commas.", isRequired: true);
        var sure = new Option<bool>("--yes-i-know") { Description = "Do not ask. The other nodes are dead, and are never started on their disks again." };
        return OperationsCall.Create(
            "force-quorum",
            "Go on with the named nodes when a majority is lost for good: they become the members of all groups, each from the longest log among theirs, and all others are removed. What only the others had acknowledged is lost. "
            + "Refused while there is a quorum, while a named node does not answer, or an unnamed one does. Exit code: 0 done, 1 refused or not finished (call again).",
            [nodes, sure],
            async (parsed, cancellation) =>
            {
                uint[] kept = NodeIds.Parse(parsed.GetValue(nodes))!;
                if (!parsed.GetValue(sure))
                {
                    await ConfirmAsync(calls, parsed, kept, cancellation);
                }

                ForceQuorumReply reply = await calls.CallAsync(
                    parsed, (client, call) => client.ForceQuorumAsync(new ForceQuorumRequest { Nodes = { kept } }, call), cancellation, isLong: true);
                await calls.WriteAsync(parsed, Forced.Of(reply, kept), static f => f.ToText());
                return ExitCode.Done;
            });
    }

    private static async Task ConfirmAsync(OperationsCall calls, ParseResult parsed, uint[] kept, CancellationToken cancellation)
    {
        ClusterStatus status = await calls.StatusAsync(parsed, cancellation);
        string lost = string.Join(",", status.Nodes.Where(n => !kept.Contains(n.Id)).Select(static n => n.Id).Order());
        string wanted = lost.Length == 0 ? "go on" : $"give up {lost}";
        await calls.Output.WriteLineAsync($"Nodes that stay: {string.Join(",", kept)}. Given up for good: {(lost.Length == 0 ? "none that is known" : lost)}.");
        await calls.Output.WriteLineAsync("What was acknowledged by those alone is lost. They must never be started on their present disks again: enough of them together would go on as a second cluster.");
        await calls.Output.WriteAsync($"To go on, type: {wanted}\n> ");
        await calls.Output.FlushAsync(cancellation);
        if (await Console.In.ReadLineAsync(cancellation) is not { } typed || typed.Trim() != wanted)
        {
            throw new UsageException($"force-quorum: not confirmed, nothing was done (expected '{wanted}', or --yes-i-know)");
        }
    }

    internal sealed record ForcedGroup(string Name, uint Number, uint Node, ulong Last, ulong Committed);

    internal sealed record Forced(IReadOnlyList<uint> Nodes, IReadOnlyList<uint> Lost, IReadOnlyList<ForcedGroup> Groups)
    {
        public static Forced Of(ForceQuorumReply reply, uint[] kept) =>
            new(kept, [.. reply.Lost], [.. reply.Groups.Select(static g => new ForcedGroup(GroupNames.Of(g.Group), g.Group, g.Node, g.Last, g.Committed))]);

        public IEnumerable<string> ToText()
        {
            foreach (ForcedGroup group in Groups)
            {
                yield return $"{char.ToUpperInvariant(group.Name[0])}{group.Name[1..]}: goes on from node {group.Node}, entry {group.Last} (known to be committed: {group.Committed})";
            }

            yield return $"Given up: {(Lost.Count == 0 ? "none" : $"nodes {string.Join(", ", Lost)}")}";
            yield return "No chunk is deleted until mfsha-admin release-deletions: look at the files first";
        }
    }
}

using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>memory-stats</c>: memory of the nodes and of the three tiers of metadata.</summary>
internal static class MemoryStatsCommand
{
    /// <summary>A node that uses more of its memory may be killed for it soon.</summary>
    private const double HighShare = 0.9;

    public static Command Create(OperationsCall calls)
    {
        Option<int> node = OperationsCall.NodeOption("The node (default: all).", isRequired: false);
        return OperationsCall.Create(
            "memory-stats", "Show memory of the nodes and of the three tiers of metadata. Exit code: 1 when a node uses more than 90% of its memory, or is offline.", [node],
            async (parsed, cancellation) =>
            {
                uint[] wanted = parsed.GetValue(node) is > 0 and int id ? [(uint)id] : [];
                Part[] parts = [.. (await calls.DetailsAsync(parsed, wanted, cancellation)).Select(Part.Of)];
                await calls.WriteAsync(parsed, parts, static all => all.SelectMany(static p => p.ToText()));
                return parts.Any(static p => p.High || !p.Online) ? ExitCode.Trouble : ExitCode.Done;
            });
    }

    internal sealed record Part(
        uint Node, bool Online, ulong UsedBytes, ulong TotalBytes, bool High, ulong HotRecords, ulong HotLimitRecords, ulong WarmBytes, ulong WarmLimitBytes, ulong ColdBytes, ulong ColdRecords, ulong ManagedBytes)
    {
        public static Part Of(NodeDetails node)
        {
            MemoryDetails memory = node.Memory ?? new MemoryDetails();
            return new Part(
                node.Node, node.Online, memory.UsedBytes, memory.TotalBytes, node.Online && memory.UsedBytes > HighShare * memory.TotalBytes, memory.HotRecords, memory.HotLimitRecords,
                memory.WarmBytes, memory.WarmLimitBytes, memory.ColdBytes, memory.ColdRecords, memory.ManagedBytes);
        }

        public IEnumerable<string> ToText()
        {
            if (!Online)
            {
                yield return $"Node {Node}: OFFLINE";
                yield break;
            }

            yield return $"Node {Node}: {Show.Bytes(UsedBytes)} of {Show.Bytes(TotalBytes)} used ({Show.Percent(UsedBytes, TotalBytes)}), managed heap {Show.Bytes(ManagedBytes)}";
            yield return $"  HOT tier: {HotRecords} of {HotLimitRecords} records ({Show.Percent(HotRecords, HotLimitRecords)})";
            yield return $"  WARM tier: {Show.Bytes(WarmBytes)} of {Show.Bytes(WarmLimitBytes)} ({Show.Percent(WarmBytes, WarmLimitBytes)})";
            yield return $"  COLD tier: {Show.Bytes(ColdBytes)}, about {ColdRecords} records";
            if (High)
            {
                yield return $"WARNING: node {Node} uses {Show.Percent(UsedBytes, TotalBytes)} of its memory";
            }
        }
    }
}

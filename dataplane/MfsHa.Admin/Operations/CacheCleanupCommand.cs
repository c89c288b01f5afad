using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>cache-cleanup</c>: nodes drop what they keep in memory to be fast.</summary>
internal static class CacheCleanupCommand
{
    public static Command Create(OperationsCall calls)
    {
        Option<int> node = OperationsCall.NodeOption("The node (default: all, one after the other).", isRequired: false);
        var aggressive = new Option<bool>("--aggressive") { Description = "Drop decoded records (HOT tier), too, and give memory back to the system; each node stands still for a fraction of a second." };
        return OperationsCall.Create(
            "cache-cleanup", "Have nodes drop cached blocks (WARM tier); they are slower until they have read again what is used. Exit code: 0 done, 1 a node does not answer.", [node, aggressive],
            async (parsed, cancellation) =>
            {
                var request = new CleanCachesRequest { Node = (uint)parsed.GetValue(node), Aggressive = parsed.GetValue(aggressive) };
                CleanCachesReply reply = await calls.CallAsync(parsed, (client, call) => client.CleanCachesAsync(request, call), cancellation, isLong: true);
                Cleaned[] nodes = [.. reply.Nodes.Select(Cleaned.Of)];
                await calls.WriteAsync(parsed, nodes, static all => all.Select(static n => n.ToText()));
                return nodes.All(static n => n.Done) ? ExitCode.Done : ExitCode.Trouble;
            });
    }

    internal sealed record Cleaned(
        uint Node, bool Done, string Error, ulong UsedBytesBefore, ulong UsedBytesAfter, ulong HotRecordsBefore, ulong HotRecordsAfter, ulong WarmBytesBefore, ulong WarmBytesAfter)
    {
        public static Cleaned Of(CleanResult result)
        {
            MemoryDetails before = result.Before ?? new MemoryDetails();
            MemoryDetails after = result.After ?? new MemoryDetails();
            return new Cleaned(
                result.Node, result.Done, result.Error, before.UsedBytes, after.UsedBytes, before.HotRecords, after.HotRecords, before.WarmBytes, after.WarmBytes);
        }

        public string ToText() => Done
            ? $"Node {Node}: memory {Show.Bytes(UsedBytesBefore)} -> {Show.Bytes(UsedBytesAfter)}, HOT tier {HotRecordsBefore} -> {HotRecordsAfter} records, WARM tier {Show.Bytes(WarmBytesBefore)} -> {Show.Bytes(WarmBytesAfter)}"
            : $"Node {Node}: NOT DONE: {Error}";
    }
}

using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Output;

/// <summary>The JSON of <c>consistency-check</c>.</summary>
internal sealed record ConsistencyDocument(string Consistency, IReadOnlyList<ConsistencyDocument.StatedGroup> Groups)
{
    public static ConsistencyDocument Of(IReadOnlyList<GroupVerdict> verdicts) => new(
        GroupVerdict.WordOf(verdicts),
        [.. verdicts.Select(v => new StatedGroup(
            v.Group,
            GroupVerdict.WordOf(v.Kind),
            [.. v.Replicas.Select(r => new ReplicaPart(r.Node, r.Index, Convert.ToHexStringLower(r.Checksum.Span), r.Records, r.Error))]))]);

    internal sealed record StatedGroup(uint Group, string Consistency, IReadOnlyList<ReplicaPart> Replicas);

    internal sealed record ReplicaPart(uint Node, ulong Index, string Checksum, ulong Records, string Error);
}

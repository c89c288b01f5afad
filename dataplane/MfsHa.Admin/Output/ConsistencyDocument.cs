using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Output;

/// <summary>The JSON of <c>consistency-check</c>.</summary>
internal sealed record ConsistencyDocument(string Consistency, IReadOnlyList<ConsistencyDocument.StatedGroup> Groups, CrdtDocument Crdt)
{
    public static ConsistencyDocument Of(ConsistencyReport report) => new(GroupVerdict.WordOf(report.Kind), [.. report.Groups.Select(StatedGroup.Of)], CrdtDocument.Of(report.Crdt));

    /// <summary>A group.</summary>
    /// <param name="Group">Its number.</param>
    /// <param name="Consistency">The verdict.</param>
    /// <param name="Replicas">What each replica said.</param>
    /// <param name="FirstDifferingKey">The first record by which they differ; null when they do not, or none is named.</param>
    /// <param name="Unnamed">Why none is named; empty when they do not differ, or one is.</param>
    internal sealed record StatedGroup(uint Group, string Consistency, IReadOnlyList<ReplicaPart> Replicas, NamedKey? FirstDifferingKey, string Unnamed)
    {
        public static StatedGroup Of(GroupVerdict verdict) => new(
            verdict.Group,
            GroupVerdict.WordOf(verdict.Kind),
            [.. verdict.Replicas.Select(static r => new ReplicaPart(r.Node, r.Index, Convert.ToHexStringLower(r.Checksum.Span), r.Records, r.Error))],
            NamedKey.Of(verdict),
            verdict.Replicas.Select(static r => r.Unnamed).FirstOrDefault(static u => u.Length > 0) ?? "");
    }

    internal sealed record ReplicaPart(uint Node, ulong Index, string Checksum, ulong Records, string Error);

    /// <summary>A record.</summary>
    /// <param name="Key">Kind of the record, then its key; hexadecimal.</param>
    /// <param name="Name">What that is.</param>
    /// <param name="Values">What replicas have of it.</param>
    internal sealed record NamedKey(string Key, string Name, IReadOnlyList<NamedValue> Values)
    {
        public static NamedKey? Of(GroupVerdict verdict) => verdict.Replicas.Where(static r => r.Record is not null).ToArray() is [{ Record: var record }, ..] named
            ? new NamedKey(
                Convert.ToHexStringLower(record.Key.Span),
                record.Name,
                [.. named.Select(static r => new NamedValue(r.Node, r.Record.Present, r.Record.Length, r.Record.Present ? $"{r.Record.Checksum:x16}" : ""))])
            : null;
    }

    internal sealed record NamedValue(uint Node, bool Present, ulong Length, string Checksum);
}

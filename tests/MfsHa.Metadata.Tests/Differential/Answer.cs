using System.Text;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Differential;

/// <summary>An answer in a form that both sides can be brought to.</summary>
internal sealed record Answer(StatusCode Status, string Text, params AttributeRecord[] Attributes)
{
    /// <summary>The clocks of both sides may differ by so much, seconds.</summary>
    private const uint Tolerance = 3;

    /// <summary>What somebody who keeps cache marks decides; not part of the namespace.</summary>
    private const AttributeFlags CacheMarks = AttributeFlags.AllowDataCache;

    public static Answer Of(Reply reply) => reply switch
    {
        NodeReply node => new(StatusCode.Ok, $"{node.Inode}", node.Attributes),
        LookupReply lookup => new(StatusCode.Ok, $"{lookup.Inode} {lookup.Flags}", lookup.Attributes),
        PathReply path => new(StatusCode.Ok, $"{path.Parent} {path.LastName} {path.Inode}", path.Attributes),
        TargetReply target => new(StatusCode.Ok, Encoding.UTF8.GetString(target.Target)),
        DirectoryReply directory => new(
            StatusCode.Ok,
            string.Join(',', directory.Entries.Select(e => $"{e.Name}={e.Inode}/{e.Type}")),
            [.. directory.Entries.Select(e => e.Attributes)]),
        FileSystemReply status => new(StatusCode.Ok, $"{status.Trash} {status.Sustained} {status.Inodes}"),
        OpenReply open => new(StatusCode.Ok, $"{open.Inode} {open.Flags}", open.Attributes),
        InodeReply inode => new(StatusCode.Ok, $"{inode.Inode}"),
        LengthReply length => new(StatusCode.Ok, $"{length.PreviousLength}", length.Attributes),
        InodesReply inodes => new(StatusCode.Ok, string.Join(',', inodes.Inodes.Order())),
        PathsReply paths => new(StatusCode.Ok, string.Join(',', paths.Paths.Select(Encoding.UTF8.GetString).Order())),
        TotalsReply totals => new(StatusCode.Ok, $"{totals.Totals.Inodes} {totals.Totals.Directories} {totals.Totals.Files} {totals.Totals.Length}"),
        _ => new(reply.Status, string.Empty),
    };

    public bool Matches(Answer other) =>
        Status == other.Status && Text == other.Text && Attributes.Length == other.Attributes.Length && Attributes.Zip(other.Attributes).All(p => Match(p.First, p.Second));

    public override string ToString() => $"{Status} {Text}\n    {string.Join("\n    ", Attributes)}";

    private static bool Match(AttributeRecord a, AttributeRecord b) =>
        Close(a.AccessTime, b.AccessTime)
        && Close(a.ModificationTime, b.ModificationTime)
        && Close(a.ChangeTime, b.ChangeTime)
        && Timeless(a) == Timeless(b);

    private static AttributeRecord Timeless(AttributeRecord a) =>
        a with { AccessTime = 0, ModificationTime = 0, ChangeTime = 0, Flags = a.Flags & ~CacheMarks };

    private static bool Close(uint a, uint b) => Math.Max(a, b) - Math.Min(a, b) <= Tolerance;
}

using System.Text;
using MfsHa.Metadata.Acls;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Trash;

namespace MfsHa.Metadata.Tests.Differential;

/// <summary>Answers of content operations in the form of <see cref="Answer"/>.</summary>
internal static class ContentAnswer
{
    public static Answer Of(NamespaceState state, Reply reply) => reply switch
    {
        XattrReply r => Ok($"{r.Length} {Hex(r.Value)}"),
        AclReply r => Ok(Text(r.Acl)),
        LockReply r => Ok(r.Granted ? "" : "waits"),
        ConflictReply r => Ok($"{r.Pid} {r.Type} {r.Start} {r.End}"),
        ChangeCountsReply r => Ok($"{r.Changed} {r.NotChanged} {r.NotPermitted}"),
        ValueCountsReply r => Ok($"{Text(r.Files)}; {Text(r.Directories)}"),
        QuotaReply r => Ok($"{r.Quota.Flags} {r.IsDefaultGrace} {r.GraceSeconds} {Text(r.Quota.Soft)} {Text(r.Quota.Hard)} {Text(r.Usage)}"),
        FileLengthReply => Ok(""),
        NodeInfoReply { Type: not (Protocol.NodeType.Directory or Protocol.NodeType.File) } => Ok("other"),
        NodeInfoReply r => Ok($"{r.Type} {r.Length} {string.Join(',', r.Children.Order())}"),
        TrashPathReply r => Ok(Encoding.UTF8.GetString(r.Path)),
        DetachedReply r => Ok(string.Join(',', r.Files.Select(static f => $"{f.Inode}={Encoding.UTF8.GetString(DetachedNames.Of(f.Path))}").Order())),
        NodeReply r => new Answer(Protocol.StatusCode.Ok, "", r.Attributes),
        _ => new Answer(reply.Status, ""),
    };

    public static Answer Ok(string text) => new(Protocol.StatusCode.Ok, text);

    public static string Hex(ReadOnlyMemory<byte>? value) => value is { Length: > 0 } bytes ? Convert.ToHexString(bytes.Span) : "-";

    public static string Text(PosixAcl acl) =>
        $"{acl.User} {acl.Group} {acl.Other} {acl.Mask} {string.Join(',', acl.NamedUsers)} {string.Join(',', acl.NamedGroups)}";

    public static string Text(IEnumerable<ValueCount> counts) => string.Join(',', counts.Select(static c => $"{c.Value}x{c.Count}"));

    private static string Text(QuotaAmounts amounts) => $"({amounts.Inodes} {amounts.Length} {amounts.Size} {amounts.RealSize})";

    private static string Hex(byte[]? value) => value is null or [] ? "-" : Convert.ToHexString(value);
}

using System.Text;
using MfsHa.Metadata.Acls;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using AclEntry = MfsHa.Metadata.State.AclEntry;
using NodeInfoReply = MfsHa.Protocol.Client.NodeInfoReply;

namespace MfsHa.Metadata.Tests.Differential;

/// <summary>Gives content operations to a real master, as mount and tools would ask for them.</summary>
internal static class ContentSession
{
    public static Answer Execute(WireConnection connection, Operation operation, Credentials caller)
    {
        switch (operation)
        {
            case SetXattr o:
                return Status(connection, new SetXattrRequest(o.Inode, o.Name.Bytes, o.Value, o.Mode, o.Opened, caller));
            case GetXattr o:
                return Of(connection.Ask<GetXattrRequest, GetXattrReply>(new(o.Inode, o.Name.Bytes, o.Mode, o.Opened, caller)), static r => $"{r.Length} {ContentAnswer.Hex(r.Value)}");
            case SetAcl o:
                return Status(connection, new SetAclRequest(o.Inode, caller.Uid, o.Type, Packed(o.Acl)));
            case GetAcl o:
                return Of(connection.Ask<GetAclRequest, GetAclReply>(new(o.Inode, o.Type)), static r => ContentAnswer.Text(Unpacked(r.Acl)));
            case Flock o:
                return Status(connection, new FlockRequest(o.Inode, 1, o.Owner, o.Order));
            case PosixLock o:
                return Status(connection, new PosixLockRequest(o.Inode, 1, o.Owner, o.Pid, o.Order, o.Type, o.Start, o.End));
            case GetPosixLock o:
                return Of(
                    connection.Ask<PosixLockRequest, PosixLockReply>(new(o.Inode, 1, o.Owner, 0, PosixLockCommand.Get, o.Type, o.Start, o.End)),
                    static r => $"{r.Pid} {r.LockType} {r.Start} {r.End}");
            case AppendSlice o:
                return Status(connection, new AppendSliceRequest(o.Flags, o.Inode, o.Source, o.From, o.To, caller));
            case MakeSnapshot o:
                return Status(connection, new SnapshotRequest(o.Source, o.Parent, o.Name.Bytes, caller, o.Modes, o.Umask));
            case RemoveSnapshot o:
                return Status(connection, new SnapshotRequest(0, o.Parent, o.Name.Bytes, caller, o.Modes | SnapshotModes.Delete, 0));
            case GetNodeInfo o:
                return Of(
                    connection.Ask<NodeInfoRequest, NodeInfoReply>(new(o.Inode, o.MaxEntries, o.From)),
                    static r => r.Kind switch
                    {
                        NodeInfoKind.Directory => $"Directory 0 {string.Join(',', r.Children.ToArray().Select(static i => i.Inode).Order())}",
                        NodeInfoKind.Other => "other",
                        _ => $"File {r.FileLength} ",
                    });
            default:
                return ExecuteTool(connection, operation, caller);
        }
    }

    private static Answer ExecuteTool(WireConnection connection, Operation operation, Credentials caller)
    {
        switch (operation)
        {
            case SetStorageClass o:
                return Counts(
                    connection.Ask<SetStorageClassRequest, SetStorageClassReply>(new(o.Inode, caller.Uid, null, o.Modes, o.OldName.Bytes, o.NewName.Bytes)),
                    static r => r.Counts);
            case GetStorageClasses o:
                return Of(
                    connection.Ask<GetStorageClassRequest, GetStorageClassReply>(new(o.Inode, o.Mode)),
                    static r => $"{Text(r.Files)}; {Text(r.Directories)}");
            case SetTrashRetention o:
                return Counts(
                    connection.Ask<SetTrashRetentionRequest, SetTrashRetentionReply>(new(o.Inode, caller.Uid, o.Seconds, o.Modes)), static r => r.Counts);
            case GetTrashRetention o:
                return Of(
                    connection.Ask<GetTrashRetentionRequest, GetTrashRetentionReply>(new(o.Inode, o.Mode)),
                    static r => $"{Text(r.Files, static c => (c.Seconds, c.Count))}; {Text(r.Directories, static c => (c.Seconds, c.Count))}");
            case SetExtraAttributes o:
                return Counts(
                    connection.Ask<SetExtraAttributesRequest, SetExtraAttributesReply>(new(o.Inode, caller.Uid, o.Attributes, o.Modes)), static r => r.Counts);
            case GetExtraAttributes o:
                return Of(
                    connection.Ask<GetExtraAttributesRequest, GetExtraAttributesReply>(new(o.Inode, o.Mode)),
                    static r => $"{Text(r.Files, static c => ((uint)c.Attributes, c.Count))}; {Text(r.Directories, static c => ((uint)c.Attributes, c.Count))}");
            case GetQuota o:
                return Quota(connection, new(o.Inode, QuotaFlags.None, null));
            case SetQuota o:
                return Quota(connection, new(o.Inode, o.Flags, o.Removes ? null : new QuotaSetting(o.GraceSeconds, Packed(o.Soft), Packed(o.Hard))));
            case ListDetached { Type: NodeType.Trash } o:
                return Of(connection.Ask<GetTrashRequest, GetTrashReply>(new(o.Buckets == 1 ? null : o.Bucket)), static r => Text(r.Entries));
            case ListDetached o:
                return Of(connection.Ask<GetSustainedRequest, GetSustainedReply>(new(o.Buckets == 1 ? null : o.Bucket)), static r => Text(r.Entries));
            case GetDetachedAttributes o:
                var (status, attributes) = connection.Ask<GetDetachedAttributesRequest, GetDetachedAttributesReply>(new(o.Inode, (DetachedKind)o.Kind));
                return attributes is { } found ? new Answer(StatusCode.Ok, "", found.Attributes) : new Answer(status, "");
            case GetTrashPath o:
                return Of(connection.Ask<GetTrashPathRequest, GetTrashPathReply>(new(o.Inode)), static r => Encoding.UTF8.GetString(r.Path.Span).TrimEnd('\0'));
            case SetTrashPath o:
                return Status(connection, new SetTrashPathRequest(o.Inode, (byte[])[.. o.Path, 0]));
            case UndeleteFile o:
                return Status(connection, new UndeleteRequest(o.Inode));
            case PurgeTrash o:
                return Status(connection, new PurgeRequest(o.Inode));
            default:
                throw new NotSupportedException($"{operation.GetType().Name} has no request");
        }
    }

    private static Answer Status<TRequest>(WireConnection connection, TRequest request)
        where TRequest : IClientRequest<TRequest> =>
        new(Protocol.Client.StatusReply.TryRead(connection.Exchange(request), out var status) ? status : StatusCode.Io, "");

    private static Answer Of<TReply>((StatusCode Status, TReply? Reply) answer, Func<TReply, string> describe)
        where TReply : struct =>
        answer.Reply is { } reply ? ContentAnswer.Ok(describe(reply)) : new Answer(answer.Status, "");

    private static Answer Counts<TReply>((StatusCode Status, TReply? Reply) answer, Func<TReply, ChangeCounts> counts)
        where TReply : struct =>
        Of(answer, reply => $"{counts(reply).Changed} {counts(reply).NotChanged} {counts(reply).NotPermitted}");

    private static Answer Quota(WireConnection connection, QuotaControlRequest request) => Of(
        connection.Ask<QuotaControlRequest, QuotaControlReply>(request),
        static r => $"{r.Flags} {r.IsDefaultGrace} {r.GraceSeconds} {Text(r.Soft)} {Text(r.Hard)} {Text(r.Current)}");

    private static string Text(QuotaLimits limits) => $"({limits.Inodes} {limits.Length} {limits.Size} {limits.RealSize})";

    private static string Text(IReadOnlyList<DeletedEntry> entries) =>
        string.Join(',', entries.Select(static e => $"{e.Inode}={Encoding.UTF8.GetString(e.Name.Span)}").Order());

    /// <summary>The predefined classes' names are their ids.</summary>
    private static string Text(ReadOnlyMemory<StorageClassCount> counts) =>
        string.Join(',', counts.ToArray().Select(static c => $"{Encoding.UTF8.GetString(c.Name.Span)}x{c.Count}"));

    private static string Text<T>(ReadOnlyMemory<T> counts, Func<T, (uint Value, uint Count)> parts) =>
        string.Join(',', counts.ToArray().Select(parts).OrderBy(static c => c.Value).Select(static c => $"{c.Value}x{c.Count}"));

    private static QuotaLimits Packed(QuotaAmounts amounts) => new(amounts.Inodes, amounts.Length, amounts.Size, amounts.RealSize);

    private static AccessControlList Packed(PosixAcl acl) => new(
        acl.User, acl.Group, acl.Other, acl.Mask, acl.NamedUsers.Select(Packed).ToArray(), acl.NamedGroups.Select(Packed).ToArray());

    private static Protocol.Client.AclEntry Packed(AclEntry entry) => new(entry.Id, entry.Permission);

    private static PosixAcl Unpacked(AccessControlList acl) => new(
        acl.User,
        acl.Group,
        acl.Other,
        acl.Mask,
        [.. acl.NamedUsers.ToArray().Select(static e => new AclEntry(e.Id, e.Permissions))],
        [.. acl.NamedGroups.ToArray().Select(static e => new AclEntry(e.Id, e.Permissions))]);
}

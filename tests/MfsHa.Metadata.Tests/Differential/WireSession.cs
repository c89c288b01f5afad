using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using GetAttributes = MfsHa.Metadata.Namespace.GetAttributes;
using LookupReply = MfsHa.Protocol.Client.LookupReply;
using OpenReply = MfsHa.Protocol.Client.OpenReply;
using PathsReply = MfsHa.Protocol.Client.PathsReply;
using ReadDirectory = MfsHa.Metadata.Namespace.ReadDirectory;
using SetAttributes = MfsHa.Metadata.Namespace.SetAttributes;

namespace MfsHa.Metadata.Tests.Differential;

/// <summary>A session of the real master, and the same session as the state knows it.</summary>
internal sealed class WireSession(uint number, IPAddress from, int port, string path, uint root) : IDisposable
{
    private readonly WireConnection connection = new(from, port, path);

    /// <summary>The connection to the master.</summary>
    public WireConnection Connection => connection;

    /// <summary>The caller as a gateway would make it of a client's credentials (client-protocol 3.1).</summary>
    public Caller CallerFor(uint uid, uint[] gids)
    {
        var session = connection.Session;
        (uint Uid, uint Gid) mapped = uid == 0
            ? (session.RootUid, session.RootGid)
            : session.Flags.HasFlag(SessionFlags.MapAll) ? (session.MapAllUid, session.MapAllGid) : (uid, gids[0]);
        return new Caller
        {
            Session = number,
            Uid = mapped.Uid,
            Gids = [mapped.Gid, .. gids[1..]],
            OriginalUid = uid,
            OriginalGid = gids[0],
            RootInode = root,
            SessionFlags = session.Flags,
            Umask = session.Umask,
            Disables = session.Disables,
        };
    }

    /// <summary>Gives the operation to the real master.</summary>
    public Answer Execute(Operation operation, Credentials caller)
    {
        switch (operation)
        {
            case MakeDirectory o:
                return Node(Ask<MakeDirectoryRequest, MakeDirectoryReply>(new(o.Parent, o.Name.Bytes, o.Mode, o.Umask, caller, o.CopySgid)), static r => (r.Inode, r.Attributes));
            case MakeNode o:
                return Node(Ask<MakeNodeRequest, MakeNodeReply>(new(o.Parent, o.Name.Bytes, o.Type, o.Mode, o.Umask, caller, o.Device)), static r => (r.Inode, r.Attributes));
            case MakeSymlink o:
                return Node(Ask<SymlinkRequest, SymlinkReply>(new(o.Parent, o.Name.Bytes, (byte[])[.. o.Target, 0], caller)), static r => (r.Inode, r.Attributes));
            case MakeLink o:
                return Node(Ask<LinkRequest, LinkReply>(new(o.Inode, o.Parent, o.Name.Bytes, caller)), static r => (r.Inode, r.Attributes));
            case Rename o:
                return Node(
                    Ask<RenameRequest, RenameReply>(new(o.SourceParent, o.SourceName.Bytes, o.TargetParent, o.TargetName.Bytes, caller, o.Mode)),
                    static r => (r.Inode, r.Attributes));
            case CreateFile o:
                return Of(Ask<CreateRequest, CreateReply>(new(o.Parent, o.Name.Bytes, o.Mode, o.Umask, caller)), static r => new(0, $"{r.Inode} {r.Flags}", r.Attributes));
            case OpenFile o:
                return Of(Ask<OpenRequest, OpenReply>(new(o.Inode, caller, o.Flags)), r => new(0, $"{Real(o.Inode)} {r.Flags & ~OpenReplyFlags.KeepCache}", r.Attributes));
            case RemoveFile o:
                return Of(Ask<UnlinkRequest, UnlinkReply>(new(o.Parent, o.Name.Bytes, caller)), static r => new(0, $"{r.Inode}"));
            case RemoveDirectory o:
                return Of(Ask<RemoveDirectoryRequest, RemoveDirectoryReply>(new(o.Parent, o.Name.Bytes, caller)), static r => new(0, $"{r.Inode}"));
            case SetLength o:
                return Of(Ask<TruncateRequest, TruncateReply>(new(o.Inode, o.Flags, caller, o.Length)), static r => new(0, $"{r.PreviousLength}", r.Attributes));
            case SetAttributes o:
                return Node(
                    Ask<SetAttributesRequest, SetAttributesReply>(
                        new(o.Inode, o.Opened, caller, o.Changes, o.Mode, o.Uid, o.Gid, o.AccessTime, o.ModificationTime, o.WinAttributes, o.ClearMode)),
                    r => (Shown(o.Inode), r.Attributes));
            default:
                return ExecuteQuery(operation, caller);
        }
    }

    /// <summary>Sends the list of open files; it has no answer.</summary>
    public void SyncOpenFiles(uint[] inodes) =>
        SendPacket((ref PacketWriter writer) => new SustainedInodes(PackedList<PackedInode>.From([.. inodes.Select(i => new PackedInode(i))])).Write(ref writer));

    /// <summary>Sends times of files; they have no answer.</summary>
    public void UpdateTimes(TimeUpdate[] updates) => SendPacket((ref PacketWriter writer) =>
        new AccessModificationTimes(PackedList<InodeTimes>.From([.. updates.Select(u => new InodeTimes(u.Inode, u.AccessTime, u.ModificationTime))])).Write(ref writer));

    /// <summary>Sets extra attributes of one object as root.</summary>
    public StatusCode SetExtraAttributes(uint inode, ExtraAttributes attributes) =>
        Ask<SetExtraAttributesRequest, SetExtraAttributesReply>(new(inode, 0, attributes, SetModes.Set)).Status;

    /// <summary>Sets an ACL of one object as root.</summary>
    public StatusCode SetAcl(uint inode, AclType type, State.PosixAcl acl)
    {
        var packed = new AccessControlList(acl.User, acl.Group, acl.Other, acl.Mask, Packed(acl.NamedUsers), Packed(acl.NamedGroups));
        return Protocol.Client.StatusReply.TryRead(connection.Exchange(new SetAclRequest(inode, 0, type, packed)), out var status) ? status : StatusCode.Io;

        static AclEntry[] Packed(State.AclEntry[] entries) => [.. entries.Select(e => new AclEntry(e.Id, e.Permission))];
    }

    public void Dispose() => connection.Dispose();

    private Answer ExecuteQuery(Operation operation, Credentials caller)
    {
        switch (operation)
        {
            case GetAttributes o:
                return Node(Ask<GetAttributesRequest, GetAttributesReply>(new(o.Inode, o.Opened, caller.Uid, caller.PrimaryGroup)), r => (Shown(o.Inode), r.Attributes));
            case Lookup o:
                const LookupFlags Left = LookupFlags.KeepCache | LookupFlags.HasChunk;
                return Of(Ask<LookupRequest, LookupReply>(new(o.Parent, o.Name.Bytes, caller)), static r => new(0, $"{r.Inode} {r.Flags & ~Left}", r.Attributes));
            case LookupPath o:
                return Of(
                    Ask<PathLookupRequest, PathLookupReply>(new(o.Base, o.Path, caller)),
                    static r => new(0, $"{r.Parent} {Text(r.LastName)} {r.LastInode}", r.Attributes));
            case CheckAccess o:
                return new(Protocol.Client.StatusReply.TryRead(connection.Exchange(new AccessRequest(o.Inode, caller, (ushort)o.Mask)), out var status) ? status : StatusCode.Io, string.Empty);
            case ReadLink o:
                return Of(Ask<ReadLinkRequest, ReadLinkReply>(new(o.Inode)), static r => new(0, Text(r.Target)));
            case GetParents o:
                return Of(Ask<ParentsRequest, ParentsReply>(new(o.Inode)), static r => new(0, string.Join(',', r.Inodes.ToArray().Select(i => i.Inode).Order())));
            case GetPaths o:
                return Of(Ask<PathsRequest, PathsReply>(new(o.Inode)), static r => new(0, string.Join(',', r.Paths.Select(Text).Order())));
            case GetDirectoryTotals o:
                return Of(
                    Ask<GetDirectoryStatsRequest, GetDirectoryStatsReply>(new(o.Inode)),
                    static r => new(0, $"{r.Inodes} {r.Directories} {r.Files} {r.Length}"));
            case GetFileSystemStatus:
                return Of(Ask<StatFsRequest, StatFsReply>(default), static r => new(0, $"{r.TrashSpace} {r.SustainedSpace} {r.Inodes}"));
            case ReadDirectory o:
                return List(o, caller);
            default:
                throw new NotSupportedException($"{operation.GetType().Name} has no request");
        }
    }

    private Answer List(ReadDirectory query, Credentials caller)
    {
        var payload = connection.Exchange(new ReadDirectoryRequest(query.Directory, caller, query.Flags, query.MaxEntries, query.Cursor));
        if (Protocol.Client.StatusReply.TryRead(payload, out var status))
        {
            return new(status, string.Empty);
        }

        var withAttributes = query.Flags.HasFlag(ReadDirectoryFlags.WithAttributes);
        var reader = new PacketReader(payload.AsMemory(PacketHeader.MessageIdSize));

        // Masters before 4.58 answer with the cursor of the request, so that it cannot be compared.
        var page = ReadDirectoryReply.Parse(ref reader, withAttributes, WireConnection.Version);
        return new(
            StatusCode.Ok,
            string.Join(',', page.Entries.Select(e => string.Create(CultureInfo.InvariantCulture, $"{Text(e.Name)}={e.Inode}/{e.NodeType}"))),
            [.. page.Entries.Select(e => e.Attributes ?? default)]);
    }

    private static Answer Node<TReply>((StatusCode Status, TReply? Reply) answer, Func<TReply, (uint Inode, AttributeRecord Attributes)> parts)
        where TReply : struct =>
        Of(answer, reply => new(StatusCode.Ok, $"{parts(reply).Inode}", parts(reply).Attributes));

    private static Answer Of<TReply>((StatusCode Status, TReply? Reply) answer, Func<TReply, Answer> describe)
        where TReply : struct =>
        answer.Reply is { } reply ? describe(reply) : new(answer.Status, string.Empty);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private uint Real(uint inode) => inode == 1 ? root : inode;

    private uint Shown(uint inode) => inode == root ? 1 : inode;

    private (StatusCode Status, TReply? Reply) Ask<TRequest, TReply>(TRequest request)
        where TRequest : IClientRequest<TRequest>
        where TReply : struct, IClientReply<TReply> => connection.Ask<TRequest, TReply>(request);

    private delegate void PacketFill(ref PacketWriter writer);

    private void SendPacket(PacketFill fill)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(buffer);
        fill(ref writer);
        connection.Send(buffer);
    }
}

using System.Globalization;
using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Storage classes of files (client-protocol 3.5) and their administration (3.6).</summary>
internal static class StorageClassHandlers
{
    /// <summary>Ids of the predefined storage classes begin at 1 and end here; each has its number for a name.</summary>
    private const uint LastGoal = 9;

    public static IEnumerable<RequestHandler> All =>
    [
        new SubtreeCountHandler<Wire.GetStorageClassRequest, Wire.GetStorageClassReply>(
            static (r, in c) =>
            {
                var caller = c.Anonymous();
                return at => new GetStorageClasses(at.Or(r.Inode), r.Mode, at.From, caller);
            },
            static async (request, files, directories) =>
            {
                var names = await NamesAsync(request).ConfigureAwait(false);
                var version = request.Connection.Version;
                return new Wire.GetStorageClassReply(Named(files, names, version), Named(directories, names, version));
            }),

        new SubtreeChangeHandler<Wire.SetStorageClassRequest, Wire.SetStorageClassReply>(
            static (r, in c) =>
            {
                var caller = c.Caller(r.Uid, 0);
                var stamp = c.Stamp();
                var groups = c.Session.Parameters.StorageClassGroups;
                var oldName = r.OldName.ToName();
                var newName = r.Goal is { } goal ? new Name(goal.ToString(CultureInfo.InvariantCulture)) : r.NewName.ToName();
                return (StatusCode.Ok, at => new SetStorageClass
                {
                    Inode = at.Or(r.Inode),
                    Modes = r.Mode,
                    OldName = oldName,
                    NewName = newName,
                    AllowedGroups = groups,
                    From = at.From,
                    Caller = caller,
                    Stamp = at.IsFirst ? stamp : null,
                });
            },
            static (changed, notChanged, notPermitted) => new(new((uint)changed, (uint)notChanged, notPermitted))),

        new StatusHandler<Wire.StorageClassCreateRequest>(
            static (r, in c) => new CreateStorageClass(StorageClassConversion.ToRecord(r.Name.ToName(), r.Definition, r.Format), c.Anonymous()) { Stamp = c.Stamp() }),

        new StatusHandler<Wire.StorageClassDeleteRequest>(
            static (r, in c) => new DeleteStorageClass(r.Name.ToName(), c.Anonymous()) { Stamp = c.Stamp() }),

        new StatusHandler<Wire.StorageClassDuplicateRequest>(
            static (r, in c) => new DuplicateStorageClass(r.OldName.ToName(), r.NewName.ToName(), c.Anonymous()) { Stamp = c.Stamp() }),

        new StatusHandler<Wire.StorageClassRenameRequest>(
            static (r, in c) => new RenameStorageClass(r.OldName.ToName(), r.NewName.ToName(), c.Anonymous()) { Stamp = c.Stamp() }),

        new StorageClassChangeHandler(),
        new StorageClassListHandler(),
    ];

    private static async ValueTask<Dictionary<uint, Name>> NamesAsync(PendingRequest request)
    {
        var all = Expect.Reply<StorageClassesReply>(await request.ExecuteAsync(new ListStorageClasses()).ConfigureAwait(false));
        return all.Classes.ToDictionary(static c => (uint)c.Class.Id, static c => c.Class.Name);
    }

    private static Wire.StorageClassCount[] Named(SortedDictionary<uint, uint> counts, Dictionary<uint, Name> names, PeerVersion client) =>
        [.. counts.Select(c => IsGoal(c.Key, names, client)
            ? new Wire.StorageClassCount(default, c.Value, (byte)c.Key)
            : new Wire.StorageClassCount(names.TryGetValue(c.Key, out var name) ? name.Bytes : default, c.Value))];

    /// <summary>Tools of 3.x show the predefined classes as goals, without quotes, if the master sends them as such (`mfsmaster/matoclserv.c: matoclserv_fuse_getsclass` of 3.0.117).</summary>
    private static bool IsGoal(uint id, Dictionary<uint, Name> names, PeerVersion client) =>
        id is >= 1 and <= LastGoal && client.ShowsGoals && names.TryGetValue(id, out var name) && name == new Name(id.ToString(CultureInfo.InvariantCulture));
}

/// <summary>SCLASS_CHANGE: changes a class, or only shows it (client-protocol 3.6).</summary>
internal sealed class StorageClassChangeHandler : ServingHandler<Wire.StorageClassChangeRequest, (Operation Operation, byte Format)>
{
    /// <inheritdoc/>
    protected override (Operation Operation, byte Format) Prepare(Wire.StorageClassChangeRequest request, in RequestContext context)
    {
        var name = request.Name.ToName();
        return request.Changes == Wire.StorageClassChanges.None
            ? (new FindStorageClass(name), request.Format)
            : (new ChangeStorageClass((ClassChanges)request.Changes, StorageClassConversion.ToRecord(name, request.Definition, request.Format), context.Anonymous())
            {
                Stamp = context.Stamp(),
            }, request.Format);
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, (Operation Operation, byte Format) order)
    {
        var reply = await request.ExecuteAsync(order.Operation).ConfigureAwait(false);
        if (reply.Status != StatusCode.Ok)
        {
            request.Answer(reply.Status);
            return;
        }

        var found = Expect.Reply<StorageClassesReply>(reply).Classes[0].Class;
        request.Answer(new Wire.StorageClassChangeReply(order.Format, StorageClassConversion.ToDefinition(found, order.Format)));
    }
}

/// <summary>SCLASS_LIST in the format that the tool asks for (client-protocol 3.6).</summary>
internal sealed class StorageClassListHandler : ServingHandler<Wire.StorageClassListRequest, byte>
{
    /// <inheritdoc/>
    protected override byte Prepare(Wire.StorageClassListRequest request, in RequestContext context) => request.Format;

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, byte order)
    {
        var all = Expect.Reply<StorageClassesReply>(await request.ExecuteAsync(new ListStorageClasses()).ConfigureAwait(false));
        var format = Wire.StorageClassListReply.DefinitionFormat(order);
        var entries = Array.ConvertAll(all.Classes, c => new Wire.StorageClassListEntry(
            c.Class.Id, c.Class.Name.Bytes, format is { } used ? StorageClassConversion.ToDefinition(c.Class, used) : null));
        request.Connection.Write(
            (Request: request, order, entries), static (ref writer, a) => Wire.StorageClassListReply.Write(ref writer, a.Request.MessageId, a.order, a.entries));
    }
}

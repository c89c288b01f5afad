using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>
/// What the trash tools of 4.x ask for on ordinary sessions (client-protocol 3.7). They ask for 256 parts one after the other; which file is in which part is the
/// server's choice: here numbers that lie together, so that a part costs what is in it.
/// </summary>
internal static class TrashParts
{
    /// <summary>Number of parts.</summary>
    public const uint Count = 256;

    /// <summary>Any owner.</summary>
    public const uint AnyUid = uint.MaxValue;

    private const uint NumbersTogether = 4096;

    /// <summary>All files of a part.</summary>
    public static async Task<List<ListedDetached>> ReadAsync(PendingRequest request, NodeType type, byte part)
    {
        var files = new List<ListedDetached>();
        uint last = 0;
        do
        {
            var query = new ListDetached(type, part, Count, last, ListDetached.MaxPage, NumbersTogether);
            var page = Expect.Reply<DetachedReply>(await request.ExecuteAsync(query).ConfigureAwait(false));
            files.AddRange(page.Files);
            last = page.LastInode;
        }
        while (last != 0);
        return files;
    }

    /// <summary>An empty pattern matches everything.</summary>
    public static bool Matches(byte[] glob, byte[] path) => glob.Length == 0 || Glob.Matches(glob, path);
}

/// <summary>TRASH_LIST.</summary>
internal sealed class TrashListHandler : ServingHandler<Wire.TrashListRequest, (Wire.TrashListRequest Asked, byte[] Glob)>
{
    /// <inheritdoc/>
    protected override (Wire.TrashListRequest Asked, byte[] Glob) Prepare(Wire.TrashListRequest request, in RequestContext context) =>
        (request with { Glob = null }, request.Glob?.ToArray() ?? []);

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, (Wire.TrashListRequest Asked, byte[] Glob) order)
    {
        var asked = order.Asked;
        var files = await TrashParts.ReadAsync(request, NodeType.Trash, asked.Part).ConfigureAwait(false);
        var ofUser = files.Where(f => asked.Uid == TrashParts.AnyUid || f.Attributes.Uid == asked.Uid).ToList();
        var matching = ofUser
            .Where(f => LastTime(f.Attributes) is var time && time >= asked.MinTime && time <= asked.MaxTime && TrashParts.Matches(order.Glob, f.Path))
            .Select(f => new Wire.TrashListEntry(f.Inode, asked.WithAttributes ? f.Attributes : null, f.TrashHours, f.Path))
            .ToList();
        request.Connection.WriteAnswer(
            request.MessageId,
            (Reply: new Wire.TrashListReply((uint)files.Count, (uint)ofUser.Count, matching), Request: request),
            static (ref writer, a) => a.Reply.Write(ref writer, a.Request.MessageId, a.Request.Connection.Version));
    }

    private static uint LastTime(AttributeRecord attributes) => Math.Max(attributes.AccessTime, Math.Max(attributes.ModificationTime, attributes.ChangeTime));
}

/// <summary>SUSTAINED_LIST.</summary>
internal sealed class SustainedListHandler : ServingHandler<Wire.SustainedListRequest, (Wire.SustainedListRequest Asked, byte[] Glob)>
{
    /// <inheritdoc/>
    protected override (Wire.SustainedListRequest Asked, byte[] Glob) Prepare(Wire.SustainedListRequest request, in RequestContext context) =>
        (request with { Glob = null }, request.Glob?.ToArray() ?? []);

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, (Wire.SustainedListRequest Asked, byte[] Glob) order)
    {
        var asked = order.Asked;
        var files = await TrashParts.ReadAsync(request, NodeType.Sustained, asked.Part).ConfigureAwait(false);
        var matching = files
            .Where(f => (asked.Uid == TrashParts.AnyUid || f.Attributes.Uid == asked.Uid) && TrashParts.Matches(order.Glob, f.Path))
            .Select(static f => new Wire.SustainedListEntry(f.Inode, f.Sessions, f.Path))
            .ToList();
        request.Answer(new Wire.SustainedListReply((uint)files.Count, matching));
    }
}

/// <summary>TRASH_RECOVER: answered by a status, or by the path if another name had to be taken.</summary>
internal sealed class TrashRecoverHandler : OperationHandler<Wire.TrashRecoverRequest>
{
    /// <inheritdoc/>
    protected override Operation ToOperation(Wire.TrashRecoverRequest request, in RequestContext context) =>
        new RecoverFromTrash(request.Inode, request.BaseInode, request.Path.ToArray(), request.Umask, request.CopySetGid, context.Caller(request.Caller))
        {
            Stamp = context.Stamp(),
        };

    /// <inheritdoc/>
    protected override void Answer(PendingRequest request, Reply reply)
    {
        if (reply is TrashPathReply other)
        {
            request.Answer(new Wire.TrashRecoverReply(other.Path));
        }
        else
        {
            request.Answer(StatusCode.Ok);
        }
    }
}

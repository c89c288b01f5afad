using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>The meta file system: trash and sustained files (client-protocol 3.7). Ordinary sessions get EPERM.</summary>
internal static class TrashHandlers
{
    public static IEnumerable<RequestHandler> All =>
    [
        new DataHandler<Wire.GetDetachedAttributesRequest, NodeReply, Wire.GetDetachedAttributesReply>(
            static (r, in c) => new GetDetachedAttributes(r.Inode, (byte)(r.Kind ?? 0), c.Anonymous()),
            static reply => new(reply.Attributes)),

        new DataHandler<Wire.GetTrashPathRequest, TrashPathReply, Wire.GetTrashPathReply>(
            static (r, in c) => new GetTrashPath(r.Inode, c.Anonymous()),
            static reply => new(reply.Path)),

        new StatusHandler<Wire.SetTrashPathRequest>(
            static (r, in c) => new SetTrashPath(r.Inode, r.TrimmedPath.ToArray(), c.Anonymous()) { Stamp = c.Stamp() }),

        new StatusHandler<Wire.UndeleteRequest>(
            static (r, in c) => new UndeleteFile(r.Inode, c.Anonymous()) { Stamp = c.Stamp() }),

        new StatusHandler<Wire.PurgeRequest>(
            static (r, in c) => new PurgeTrash(r.Inode, c.Anonymous()) { Stamp = c.Stamp() }),

        new StatusHandler<Wire.TrashRemoveRequest>(
            static (r, in c) => new RemoveFromTrash(r.Inode, c.Caller(r.Uid, 0)) { Stamp = c.Stamp() }),

        new DetachedListHandler<Wire.GetTrashRequest, Wire.GetTrashReply>(
            NodeType.Trash, ListDetached.TrashBuckets, static r => r.Bucket, static entries => new(entries)),

        new DetachedListHandler<Wire.GetSustainedRequest, Wire.GetSustainedReply>(
            NodeType.Sustained, ListDetached.SustainedBuckets, static r => r.Bucket, static entries => new(entries)),
    ];
}

/// <summary>GETTRASH and GETSUSTAINED: a bucket of deleted files, or all.</summary>
internal sealed class DetachedListHandler<TRequest, TAnswer>(NodeType type, uint buckets, Func<TRequest, uint?> bucketOf, Func<IReadOnlyList<Wire.DeletedEntry>, TAnswer> answer)
    : ServingHandler<TRequest, (bool IsMeta, uint? Bucket)>
    where TRequest : Wire.IClientRequest<TRequest>
    where TAnswer : Wire.IClientReply<TAnswer>
{
    /// <inheritdoc/>
    protected override (bool IsMeta, uint? Bucket) Prepare(TRequest request, in RequestContext context) =>
        (context.Session.IsMeta, bucketOf(request) is { } bucket && bucket < buckets ? bucket : null);

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, (bool IsMeta, uint? Bucket) order)
    {
        if (!order.IsMeta)
        {
            request.Answer(StatusCode.EPerm);
            return;
        }

        var entries = new List<Wire.DeletedEntry>();
        uint last = 0;
        do
        {
            var query = new ListDetached(type, order.Bucket ?? 0, order.Bucket is null ? 1 : buckets, last, ListDetached.MaxPage);
            var page = Expect.Reply<DetachedReply>(await request.ExecuteAsync(query).ConfigureAwait(false));
            entries.AddRange(page.Files.Select(static f => new Wire.DeletedEntry(DetachedNames.Of(f.Path), f.Inode)));
            last = page.LastInode;
        }
        while (last != 0);
        request.Answer(answer(entries));
    }
}

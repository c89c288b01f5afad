using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Trash retention and extra attributes of subtrees (client-protocol 3.5).</summary>
internal static class RetentionHandlers
{
    /// <summary>Most different sets of extra attributes in one answer.</summary>
    private const int MaxEntries = 255;

    public static IEnumerable<RequestHandler> All =>
    [
        new SubtreeCountHandler<Wire.GetTrashRetentionRequest, Wire.GetTrashRetentionReply>(
            static (r, in c) =>
            {
                var caller = c.Anonymous();
                return at => new GetTrashRetention(at.Or(r.Inode), r.Mode, at.From, caller);
            },
            static (_, files, directories) => ValueTask.FromResult(new Wire.GetTrashRetentionReply(Retentions(files), Retentions(directories)))),

        new SubtreeChangeHandler<Wire.SetTrashRetentionRequest, Wire.SetTrashRetentionReply>(
            static (r, in c) =>
            {
                var caller = c.Caller(r.Uid, 0);
                var stamp = c.Stamp();
                var granted = c.Session.Parameters;
                var refusal = r.Seconds < granted.MinTrashSeconds || r.Seconds > granted.MaxTrashSeconds ? StatusCode.EPerm : StatusCode.Ok;
                return (refusal, at => new SetTrashRetention(at.Or(r.Inode), r.Seconds, r.Mode, at.From, caller) { Stamp = at.IsFirst ? stamp : null });
            },
            static (changed, notChanged, notPermitted) => new(new((uint)changed, (uint)notChanged, notPermitted))),

        new SubtreeCountHandler<Wire.GetExtraAttributesRequest, Wire.GetExtraAttributesReply>(
            static (r, in c) =>
            {
                var caller = c.Anonymous();
                return at => new GetExtraAttributes(at.Or(r.Inode), r.Mode, at.From, caller);
            },
            static (_, files, directories) => ValueTask.FromResult(new Wire.GetExtraAttributesReply(Attributes(files), Attributes(directories)))),

        new SubtreeChangeHandler<Wire.SetExtraAttributesRequest, Wire.SetExtraAttributesReply>(
            static (r, in c) =>
            {
                var caller = c.Caller(r.Uid, 0);
                var stamp = c.Stamp();
                return (StatusCode.Ok, at => new SetExtraAttributes(at.Or(r.Inode), r.Attributes, r.Mode, at.From, caller) { Stamp = at.IsFirst ? stamp : null });
            },
            static (changed, notChanged, notPermitted) => new(new((uint)changed, (uint)notChanged, notPermitted))),
    ];

    private static Wire.RetentionCount[] Retentions(SortedDictionary<uint, uint> counts) => [.. counts.Select(static c => new Wire.RetentionCount(c.Key, c.Value))];

    private static Wire.ExtraAttributesCount[] Attributes(SortedDictionary<uint, uint> counts) =>
        [.. counts.Take(MaxEntries).Select(static c => new Wire.ExtraAttributesCount((ExtraAttributes)c.Key, c.Value))];
}

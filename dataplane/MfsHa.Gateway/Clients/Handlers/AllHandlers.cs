using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Chunks;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Every request of registered clients that is served.</summary>
internal static class AllHandlers
{
    public static IEnumerable<RequestHandler> Create() =>
    [
        .. LookupHandlers.All,
        .. AttributeHandlers.All,
        .. EntryHandlers.All,
        .. FileHandlers.All,
        new ReadDirectoryHandler(),
        new ReadLinkHandler(),
        new ReadChunkHandler(),
        new WriteChunkHandler(),
        new WriteChunkEndHandler(),
        new TruncateHandler(),
        .. XattrHandlers.All,
        .. AclHandlers.All,
        new FlockHandler(),
        new PosixLockHandler(),
        .. RetentionHandlers.All,
        .. StorageClassHandlers.All,
        .. TrashHandlers.All,
        new QuotaHandler(),
        new ArchiveHandler(),
        new CheckHandler(),
        new NodeInfoHandler(),
        new StatusHandler<AppendSliceRequest>(
            static (r, in c) => new AppendSlice
            {
                Flags = r.Flags,
                Inode = r.Inode,
                Source = r.SourceInode,
                From = r.From,
                To = r.To,
                Caller = c.Caller(r.Caller),
                Stamp = c.Stamp(),
            }),
    ];
}

using MfsHa.Gateway.Clients.Requests;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Every request of registered clients that is served.</summary>
internal static class AllHandlers
{
    public static IEnumerable<RequestHandler> Create() =>
    [
        .. PathHandlers.All,
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
        new TrashListHandler(),
        new SustainedListHandler(),
        new TrashRecoverHandler(),
        .. PatternHandlers.All,
        new QuotaHandler(),
        new ArchiveHandler(),
        new CheckHandler(),
        new NodeInfoHandler(),
        new RepairHandler(),
        new LookupHandler(),
        .. SnapshotHandlers.All,
        new GetConfigHandler(),
        new GetConfigFileHandler(),
    ];
}

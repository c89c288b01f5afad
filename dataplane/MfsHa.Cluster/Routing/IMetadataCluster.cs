using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Routing;

/// <summary>
/// The cluster as a gateway sees it: every call goes to the leader of the group that it concerns, here or on another node, and waits through
/// elections until the cancellation token's deadline. Thread-safe.
/// </summary>
public interface IMetadataCluster
{
    /// <summary>Executes an operation of the namespace. A command with a stamp may be repeated by the router; it is executed once.</summary>
    ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation);

    /// <summary>Executes an operation on the system group (sessions, chunkserver ids, cluster identity).</summary>
    ValueTask<SystemReply> ExecuteAsync(SystemOperation operation, CancellationToken cancellation);

    /// <summary>
    /// Executes what the chunk supervisor of the owning shard's leader does in several steps (READ_CHUNK, WRITE_CHUNK, TRUNCATE, blocking locks):
    /// waits there while a chunk is locked or busy.
    /// </summary>
    ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation);
}

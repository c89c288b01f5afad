using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Caches;

/// <summary>Grants clients at a shard's leader to keep cached data (<see cref="KeepCacheMarks"/>), and takes that back with every change of a file's content.</summary>
public sealed class CacheGrants : IDisposable
{
    private readonly IShardLog log;
    private readonly NamespaceReplica replica;
    private readonly KeepCacheMarks marks;

    /// <summary>Begins to watch a replica.</summary>
    public CacheGrants(IShardLog log, NamespaceReplica replica, TimeProvider clock)
    {
        this.log = log;
        this.replica = replica;
        marks = new KeepCacheMarks(clock);
        replica.Applied += OnApplied;
    }

    /// <summary>The answer of an operation with what its caller may keep.</summary>
    public Reply After(Operation operation, Reply reply)
    {
        switch (operation, reply)
        {
            case (OpenFile open, OpenReply opened):
                if ((opened.Flags & OpenReplyFlags.DirectMode) != 0)
                {
                    return opened;
                }

                var inode = open.Caller.Real(open.Inode);
                var mayKeep = Ask(inode, open.Caller.Session);
                if ((open.Flags & OpenFlags.CacheCleared) != 0)
                {
                    // What it reads from now on is new.
                    marks.Set(log.Leadership.Term, inode, open.Caller.Session);
                }

                return mayKeep ? opened with { Flags = opened.Flags | OpenReplyFlags.KeepCache, Attributes = Cached(opened.Attributes) } : opened;
            case (Lookup lookup, LookupReply { Attributes.Type: NodeType.File } found):
                return (found.Flags & LookupFlags.DirectMode) == 0 && Ask(lookup.Caller.Real(found.Inode), lookup.Caller.Session)
                    ? found with { Flags = found.Flags | LookupFlags.KeepCache, Attributes = Cached(found.Attributes) }
                    : found;
            default:
                return reply;
        }
    }

    /// <summary>A supervised request was answered.</summary>
    public void After(SupervisedRequest request, SupervisedReply reply)
    {
        if (request is ReadChunkRequest && reply.Status == StatusCode.Ok)
        {
            marks.Set(log.Leadership.Term, request.Caller.Real(request.Inode), request.Caller.Session);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => replica.Applied -= OnApplied;

    private static AttributeRecord Cached(AttributeRecord attributes) => attributes with { Flags = attributes.Flags | AttributeFlags.AllowDataCache };

    private bool Ask(uint inode, uint session) => marks.Ask(log.Leadership.Term, inode, session);

    private void OnApplied(Command command, Reply reply)
    {
        switch (command)
        {
            case BeginWrite c:
                Change(c.Inode, c.Caller);
                break;
            case EndWrite c:
                Change(c.Inode, c.Caller);
                break;
            case BeginTruncate c:
                Change(c.Inode, c.Caller);
                break;
            case EndTruncate c:
                Change(c.Inode, c.Caller);
                break;
            case SetLength c:
                Change(c.Inode, c.Caller);
                break;
            case OpenFile { Truncates: true } c:
                Change(c.Inode, c.Caller);
                break;
            case AppendSlice c:
                // Also in the caller's own mount: a tool has asked for it.
                marks.Change(c.Caller.Real(c.Inode), session: 0);
                break;
            case RepairChunk or MakeSnapshot or AbandonWrite when reply.Status == StatusCode.Ok:
                marks.Clear();
                break;
        }
    }

    private void Change(uint inode, Caller caller) => marks.Change(caller.Real(inode), caller.Session);
}

using MfsHa.Cluster.Caches;
using MfsHa.Cluster.Formats;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Push;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Tracing;
using MfsHa.Cluster.Transactions;
using MfsHa.Consensus;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Replicas;

/// <summary>A shard's replica as the router calls it: reads after a read barrier, writes through the log, the rest by the chunk supervisor.</summary>
public sealed class ShardEndpoint(
    IShardLog log, NamespaceReplica replica, ISupervisor supervisor, LengthNews news, CacheGrants grants, DataReaders readers, ShardMembers members, TransactionCoordinator? transactions = null, int spreadDepth = 0) : IGroupEndpoint
{
    /// <inheritdoc/>
    public IShardLog Log => log;

    /// <inheritdoc/>
    public Task ArrangeMembersAsync(CancellationToken cancellation) => members.ArrangeAsync(cancellation);

    /// <inheritdoc/>
    public Task<bool> IsNoMemberAsync(NodeEndPoint replica, CancellationToken cancellation) => members.IsNoneAsync(replica, cancellation);

    /// <inheritdoc/>
    public ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation) => operation switch
    {
        Lookup lookup => LookUpAsync(lookup, cancellation),
        Query query => AnswerAsync(query, cancellation),
        Command command => ProposeAndTellAsync(command, cancellation),
        _ => throw new ArgumentException($"{operation.GetType().Name} is neither a command nor a query", nameof(operation)),
    };

    /// <inheritdoc/>
    public ValueTask<SystemReply> ExecuteAsync(SystemOperation operation, CancellationToken cancellation) =>
        throw new FormatException($"group {log.Group} is a shard and knows no {operation.GetType().Name}");

    /// <inheritdoc/>
    public async ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation)
    {
        var reply = await supervisor.ExecuteAsync(request, cancellation).ConfigureAwait(false);
        grants.After(request, reply);
        return reply;
    }

    /// <inheritdoc/>
    public Reply? AnswerAsFollower(Query query)
    {
        if (!log.IsCurrentFollower())
        {
            return null;
        }

        // What other shards know, and what a transaction holds, is the leader's business.
        var reply = transactions is null ? replica.Answer(query) : replica.Answer(query, []).Reply;
        return reply is ElsewhereReply or HeldReply || (query, reply) is (Lookup lookup, LookupReply found) && readers.MayHave(lookup.Caller.Session, lookup.Caller.Real(found.Inode))
            ? null
            : reply;
    }

    /// <summary>Answers a query at this leader.</summary>
    public async ValueTask<Reply> AnswerAsync(Query query, CancellationToken cancellation)
    {
        if (transactions is not null)
        {
            return await transactions.AnswerAsync(query, cancellation).ConfigureAwait(false);
        }

        await log.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        return replica.Answer(query);
    }

    /// <summary>Answers a command that changes nothing from the state, and executes any other through the log.</summary>
    public async ValueTask<Reply> ProposeIfNeededAsync(Command command, CancellationToken cancellation)
    {
        if (command.MayChangeNothing)
        {
            await log.ReadBarrierAsync(cancellation).ConfigureAwait(false);
            if (replica.AnswerWithoutChange(command) is { } reply)
            {
                return reply;
            }
        }

        if (transactions is null)
        {
            return await ProposeAsync(command, cancellation).ConfigureAwait(false);
        }

        if (command is MakeDirectory { Home: null } make && replica.Layout is { } layout && await IsSpreadAsync(transactions, make, cancellation).ConfigureAwait(false))
        {
            var home = layout.HomeOf(make.RoutingInode, make.Name);
            command = home == layout.Shard ? make : make with { Home = home };
        }

        return await transactions.ServeAsync(command, cancellation).ConfigureAwait(false);
    }

    // Above two levels a directory's own shard knows the level; further down its ancestors' shards have to be asked.
    private async ValueTask<bool> IsSpreadAsync(TransactionCoordinator at, MakeDirectory make, CancellationToken cancellation)
    {
        var level = replica.Read((make.RoutingInode, spreadDepth), static (s, a, _) => s.LevelKnownHere(a.RoutingInode, a.spreadDepth));
        return level is { } known
            ? known < spreadDepth
            : await at.AnswerAsync(new GetLevel(make.RoutingInode, spreadDepth), cancellation).ConfigureAwait(false) is CountReply { Count: var found } && found < spreadDepth;
    }

    private async ValueTask<Reply> ProposeAndTellAsync(Command command, CancellationToken cancellation)
    {
        var reply = await ProposeIfNeededAsync(command, cancellation).ConfigureAwait(false);
        news.After(command, reply);
        return grants.After(command, reply);
    }

    private async ValueTask<Reply> LookUpAsync(Lookup lookup, CancellationToken cancellation) =>
        grants.After(lookup, await AnswerAsync(lookup, cancellation).ConfigureAwait(false));

    /// <summary>Executes a command through the log.</summary>
    public async ValueTask<Reply> ProposeAsync(Command command, CancellationToken cancellation)
    {
        using var activity = Traces.BeginProposal(log.Group, command);
        return (Reply)await log.ProposeAsync(LogForm.Of(command, log.Group, replica.Formats.Level), cancellation).ConfigureAwait(false);
    }
}

/// <summary>Serves supervised requests at the leader of a shard.</summary>
public interface ISupervisor
{
    /// <summary>Executes a request; throws like <see cref="IGroupEndpoint"/>.</summary>
    ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation);
}

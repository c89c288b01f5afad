using System.Collections.Concurrent;
using MemoryPack;
using MfsHa.Cluster.Caches;
using MfsHa.Cluster.Chunks;
using MfsHa.Cluster.Chunks.Care;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Formats;
using MfsHa.Cluster.Maintenance;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Push;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Cluster.Transactions;
using MfsHa.Consensus;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Storage;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Hosting;

/// <content>The replicas of this node: the system group's, and those of shards, which come and go while it runs.</content>
public sealed partial class ClusterHost
{
    private static readonly TimeSpan RemovalEvery = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<ushort, HostedReplica> hosted = new();
    private readonly SemaphoreSlim changing = new(1);
    private volatile bool mayChange;

    private async Task StartGroupsAsync(NodeIdentity identity, CancellationToken cancellation)
    {
        var members = identity.IsFounder ? identity.Founders.Select(static f => new NodeEndPoint(f.Node, f.Incarnation)).ToArray() : [];
        await StartSystemGroupAsync(members, cancellation).ConfigureAwait(false);
        for (var shard = 0; shard < map.ShardCount; shard++)
        {
            var group = GroupNumbers.OfShard(shard);
            if (consensus.RemovedGroups.Contains(group))
            {
                // Its removal may have been interrupted. With nothing to delete this is one write.
                await OwnThread.RunAsync(() => GroupStore.Delete(store, group), cancellation).ConfigureAwait(false);
            }
            else if (identity.IsFounder || consensus.HasKnown(group))
            {
                // All founders begin with all shards: what they have been told of their number may differ, but the first members of a group must not. Placement makes them fewer.
                await StartShardAsync(members, shard, cancellation).ConfigureAwait(false);
            }
        }

        await changing.WaitAsync(cancellation).ConfigureAwait(false);
        mayChange = true;
        changing.Release();
        loops.Add(new LeaderLoop("replicas that are too many", () => removal.Unwanted.Count > 0, RemovalEvery, RemoveUnwantedAsync, clock, loggers.CreateLogger<ReplicaRemoval>()));
    }

    private async Task StartSystemGroupAsync(NodeEndPoint[] members, CancellationToken cancellation)
    {
        var groupStore = new GroupStore(store, GroupNumbers.System);
        var replica = new SystemReplica(new SystemState(groupStore), groupStore, points, clock) { Formats = formats };
        if (replica.Answer(new GetCluster()) is ClusterReply { Cluster: var formed })
        {
            // Before any group is started: with another number of shards there would be replicas too many, or others would miss some.
            Founding.CheckShards(formed, options.ShardCount);
        }

        var log = await consensus.CreateGroupAsync(GroupNumbers.System, members, replica, cancellation).ConfigureAwait(false);
        replica.Applied += (command, _) => book.Note(command);
        readOptions = () => replica.Answer(new ListOptions()) is OptionsReply known ? known.Options : [];
        book.Start(
            () => replica.Answer(new ListNodes()) is NodesReply known ? known.Nodes : [],
            () => replica.Answer(new ListPlacements()) is PlacementsReply placed ? placed.Placements : [],
            () => replica.Answer(new ListForcedPlacements()) is ForcedPlacementsReply forced ? forced.Shards : [],
            () => replica.Answer(new GetFormats()) as FormatsReply ?? new FormatsReply(ClusterFormat.First.Level, []),
            node => groups.Of(node).Any());
        var here = new HostedReplica(new SystemEndpoint(log, replica), groupStore, MeasuredReplica.Of(log, replica, clock), () => (replica.DurableIndex, replica.MemoryUse.Hot));
        here.Loops.Add(new LeaderLoop("members", log, MembersEvery, keeper.PassAsync, clock, loggers.CreateLogger<MembershipKeeper>()));
        here.Loops.Add(new LeaderLoop("announcements of nodes", log, AnnouncementsEvery, announcer.PassAsync, clock, loggers.CreateLogger<NodeAnnouncer>()));
        AddComparison(here);
        var reaper = new SessionReaper(router, link.Liveness, KnownNodes, clock, () => SessionSustain);
        here.Loops.Add(new LeaderLoop("sessions", log, SessionsEvery, reaper.PassAsync, clock, loggers.CreateLogger<SessionReaper>()));
        var upkeep = new ChunkServerUpkeep(router, pace, clock);
        here.Loops.Add(new LeaderLoop("chunkservers", log, SessionsEvery, upkeep.PassAsync, clock, loggers.CreateLogger<ChunkServerUpkeep>()));
        Show(here);
    }

    private async Task StartShardAsync(NodeEndPoint[] members, int shard, CancellationToken cancellation)
    {
        const int BytesPerHotRecord = 1024;
        var group = GroupNumbers.OfShard(shard);
        var groupStore = new GroupStore(store, group);
        var hot = (int)Math.Clamp(options.MaxMemoryBytes / 2 / BytesPerHotRecord / map.ShardCount, 1024, 4 << 20);
        var replica = new NamespaceReplica(new NamespaceState(groupStore, group, hot), groupStore, points, clock) { Formats = formats };
        var log = await consensus.CreateGroupAsync(group, members, replica, cancellation).ConfigureAwait(false);
        List<LeaderLoop> leaderLoops = [];
        TransactionCoordinator? transactions = null;
        if (map.ShardCount > 1)
        {
            var atLeader = new ShardAtLeader(log, replica, clock);
            var metrics = new TransactionMetrics((ushort)shard);
            transactions = new TransactionCoordinator(atLeader, router, atLeader, metrics);
            var recovery = new TransactionRecovery(atLeader, transactions, router, atLeader, metrics);
            leaderLoops.Add(new LeaderLoop("transactions", log, RecoveryEvery, recovery.PassAsync, clock, loggers.CreateLogger<TransactionRecovery>()));
        }

        var copies = new CopyMap(locations, link.Liveness, clock);
        var orders = new ChunkOrders(chunkCommands, log);
        var servers = new ChunkServerBook(router, copies, pace, clock);
        var supervisor = new ChunkSupervisor(log, replica, copies, orders, servers, confirmation, pace, notifications, clock, loggers.CreateLogger<ChunkSupervisor>(), transactions);
        bool OwnsChunk(ulong chunk) => replica.Layout?.OwnsChunk(chunk) ?? map.ShardCount == 1;
        var care = new CopyCare(log, replica, locations, supervisor, orders, servers, confirmation, pace, OwnsChunk, clock, loggers.CreateLogger<CopyCare>());
        leaderLoops.Add(new LeaderLoop("copies", log, CopyCare.Every, care.PassAsync, clock, loggers.CreateLogger<CopyCare>()));
        var grants = new CacheGrants(log, replica, clock);
        var shardMembers = new ShardMembers(log, book, router, link.Rpc, link.Liveness, formation, loggers.CreateLogger<ShardMembers>());
        leaderLoops.Add(new LeaderLoop("members of the shard", log, MembersEvery, shardMembers.PassAsync, clock, loggers.CreateLogger<ShardMembers>()));
        var endpoint = new ShardEndpoint(log, replica, supervisor, new LengthNews(replica, notifications), grants, readers, shardMembers, transactions, options.SpreadDepth);
        leaderLoops.Add(new LeaderLoop("housekeeping", log, HousekeepingEvery, new Housekeeping(endpoint).PassAsync, clock, loggers.CreateLogger<Housekeeping>()));
        var here = new HostedReplica(endpoint, groupStore, MeasuredReplica.Of(log, replica, clock), () => (replica.DurableIndex, replica.MemoryUse.Hot));
        here.Loops.AddRange(leaderLoops);
        here.Parts.AddRange([care, grants, supervisor, shardMembers]);
        AddComparison(here);
        Show(here);
    }

    private void Show(HostedReplica replica)
    {
        hosted[replica.Endpoint.Log.Group] = replica;
        groups.Add(replica.Endpoint);
    }

    private void AddComparison(HostedReplica replica)
    {
        if (options.ComparisonInterval > TimeSpan.Zero)
        {
            var log = replica.Endpoint.Log;
            var comparison = new ReplicaComparison(log, Status, link.Rpc, loggers.CreateLogger<ReplicaComparison>());
            replica.Loops.Add(new LeaderLoop("comparison of replicas", log, options.ComparisonInterval, comparison.PassAsync, clock, loggers.CreateLogger<ReplicaComparison>()));
        }
    }

    // A replica that waits for its removal, or for its first entries, hears of no leader, and is nothing that clients would miss. One that joins
    // is not ready before it has caught up; until it has heard of itself the system group may have a record of a former data directory, or none.
    private bool HearsLeaders() =>
        groups.All.All(g => g.Value.Log.Leadership.Leader != NodeId.None || (g.Key != GroupNumbers.System && removal.IsUnwanted(g.Key)))
        && book.Find(options.Self) is { State: not NodeState.Joining } self && self.Incarnation == consensus.Self.Incarnation;

    private async ValueTask<ReadOnlyMemory<byte>> AcceptReplicaAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var invitation = WireFormats.Read<ReplicaInvitation>(request);
        await changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var refusal = !mayChange ? "it is starting, or it ends"
                : invitation.Group is GroupNumbers.System || invitation.Group > map.ShardCount ? "there is no such shard"
                : invitation.Cluster != formation.Identity.Cluster || invitation.Incarnation != consensus.Self.Incarnation ? "its data directory is not that of this member"
                : null;
            if (refusal is null)
            {
                removal.NoteInvitation(invitation.Group);
                await HaveReplicaAsync(invitation.Group).ConfigureAwait(false);
            }

            return MemoryPackSerializer.Serialize(new ReplicaAcceptance(refusal is null ? consensus.SelfIn(invitation.Group).Incarnation : 0, refusal));
        }
        finally
        {
            changing.Release();
        }
    }

    // Whoever asked may have gone: what has begun is not left half done.
    private async Task HaveReplicaAsync(ushort group)
    {
        if (hosted.ContainsKey(group))
        {
            return;
        }

        if (consensus.RemovedGroups.Contains(group))
        {
            // Before it is somebody again: records of the former one must never be under a new log.
            await OwnThread.RunAsync(() => GroupStore.Delete(store, group), CancellationToken.None).ConfigureAwait(false);
        }

        await StartShardAsync([], group - 1, CancellationToken.None).ConfigureAwait(false);
        Log.Opened(loggers.CreateLogger<ClusterHost>(), group, consensus.SelfIn(group));
    }

    private async Task RemoveUnwantedAsync(CancellationToken cancellation)
    {
        foreach (var group in removal.Unwanted)
        {
            var invitations = removal.InvitationsTo(group);
            if (!await removal.IsCertainlyNoneAsync(group, cancellation).ConfigureAwait(false))
            {
                continue;
            }

            await changing.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (mayChange && removal.InvitationsTo(group) == invitations && hosted.TryGetValue(group, out var replica))
                {
                    await RemoveAsync(group, replica).ConfigureAwait(false);
                }
            }
            finally
            {
                changing.Release();
            }
        }
    }

    // Nothing is lost by it at any moment: the majority does without it. First the log is gone with a note that it was here, and then the records: should the node end in between, the next start
    // finds the note, and neither opens the group nor takes the records for its state.
    private async Task RemoveAsync(ushort group, HostedReplica replica)
    {
        var logger = loggers.CreateLogger<ClusterHost>();
        Log.Removing(logger, group, consensus.SelfIn(group));
        groups.Remove(group);
        hosted.TryRemove(group, out _);
        await replica.StopAsync().ConfigureAwait(false);
        await consensus.RemoveGroupAsync(group).ConfigureAwait(false);
        replica.Dispose();
        await OwnThread.RunAsync(() => GroupStore.Delete(store, group), CancellationToken.None).ConfigureAwait(false);
        Log.Removed(logger, group);
    }

    private async Task EndChangesAsync()
    {
        await changing.WaitAsync().ConfigureAwait(false);
        mayChange = false;
        changing.Release();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "group {Group}: this node has an empty replica, {Self}, that waits to be added")]
        public static partial void Opened(ILogger logger, ushort group, NodeEndPoint self);

        [LoggerMessage(2, LogLevel.Information, "group {Group}: this node's replica, {Self}, is no member any more, and is dropped")]
        public static partial void Removing(ILogger logger, ushort group, NodeEndPoint self);

        [LoggerMessage(3, LogLevel.Information, "group {Group}: the replica that was here is deleted")]
        public static partial void Removed(ILogger logger, ushort group);
    }
}

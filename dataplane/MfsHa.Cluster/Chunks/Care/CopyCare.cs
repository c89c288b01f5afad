using MfsHa.Cluster.Replicas;
using MfsHa.Consensus;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Replication.Locations;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>
/// Looks after the copies of a shard's chunks at its leader (design.md 9, 13.1, 13.2; chunkserver-protocol 7): makes missing ones, deletes those that are too many,
/// wrong or of deleted files, moves those in the wrong place, heals versions, and keeps chunks that nobody knows.
/// </summary>
/// <remarks>
/// What a stale leader can do. The chunkservers' protocol has no fencing: an order does its work whenever it arrives. A leader may be stopped for any time
/// between its decision and the sending of its order, and another leader may have decided otherwise meanwhile. Therefore:
/// <list type="number">
/// <item>An order to delete is given only for what a majority has committed to be condemned: a whole chunk (<see cref="CondemnChunks"/>) or copies of it
/// (<see cref="CondemnCopies"/>). No leader counts a condemned copy as good, and nothing refers to a condemned chunk again. So two leaders may both delete, but only
/// copies of which both know that they are gone: the late order of a stale one deletes nothing that anybody counts on.</item>
/// <item>The mark on a copy is taken away (<see cref="ForgetCopies"/>) only when its chunkserver, present, does not have it. Then the chunkserver may get a new copy, and a
/// late order of an earlier leader would delete that. It cannot: every order names the connection it is meant for, and the node that holds the connection lets no order of
/// an earlier term through once it has seen one of a later term (<see cref="OrderFence"/>); the order to make the new copy is one of the later term.</item>
/// <item>Copies are condemned only when others are good enough without them: of the committed version, not damaged, not condemned, on chunkservers that are present, and
/// confirmed by the nodes that these are connected to (<see cref="CopyConfirmation"/>), because the merged view may lag. The same question is asked again before the order is given.</item>
/// <item>Nothing is done before <see cref="CarePace.InitialDelay"/> is over since this node became leader, which it is only with everything applied that was committed by
/// then; nor while a chunkserver registers; the record of a chunk does not go while a known chunkserver is absent. Before orders are given a read barrier confirms the leadership.</item>
/// <item>A replication by a stale leader, or one that ends late, makes a copy of the version it was ordered for. Every first write after a change of leaders, and every write
/// of a chunk that is or was <see cref="ChunksUnderCare">under care</see>, takes a new version first, so that such a copy is of a wrong version or equal to the others.</item>
/// </list>
/// One order that a chunkserver itself holds up over a loss of its connection (it runs jobs of an earlier connection to the end) is not fenced: it would have to wait there while the
/// chunkserver registers, deletes the copy by the repeated order, and gets it again. mfsmaster has the same gap.
/// </remarks>
public sealed partial class CopyCare : IDisposable
{
    /// <summary>Chunks that are read under the replica's lock at once: requests wait for it.</summary>
    private const int Batch = 128;

    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReportsTravel = TimeSpan.FromMilliseconds(300);

    private readonly IShardLog log;
    private readonly NamespaceReplica replica;
    private readonly IChunkLocationView view;
    private readonly CopyMap copies;
    private readonly ChunkOrders orders;
    private readonly TrustedCopies trusted;
    private readonly ChunksUnderCare underCare;
    private readonly ChunkServerBook book;
    private readonly CopyConfirmation confirmation;
    private readonly CarePaceSource pace;
    private readonly Func<ulong, bool> owns;
    private readonly TimeProvider clock;
    private readonly ILogger<CopyCare> logger;
    private readonly CareQueue queue;
    private readonly CareLedger ledger;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stopped;
    private CareServers servers = CareServers.None;
    private long term = -1;
    private long leaderSince;
    private long refreshed;
    private long lastPass;
    private bool hasHeldBack;

    /// <summary>Creates the care of a shard's copies; <see cref="PassAsync"/> is called again and again while the replica leads.</summary>
    /// <remarks>
    /// <c>owns</c> says whether a chunk id is one of this shard: chunkservers report the chunks of all shards, and what belongs to another one must neither be adopted
    /// nor deleted here (chunkserver-protocol 4.4).
    /// </remarks>
    public CopyCare(
        IShardLog log,
        NamespaceReplica replica,
        IChunkLocationView view,
        ChunkSupervisor supervisor,
        ChunkOrders orders,
        ChunkServerBook book,
        CopyConfirmation confirmation,
        CarePaceSource pace,
        Func<ulong, bool> owns,
        TimeProvider clock,
        ILogger<CopyCare> logger)
    {
        ArgumentNullException.ThrowIfNull(supervisor);
        this.log = log;
        this.replica = replica;
        this.view = view;
        copies = supervisor.Copies;
        trusted = supervisor.Trusted;
        underCare = supervisor.UnderCare;
        this.orders = orders;
        this.book = book;
        this.confirmation = confirmation;
        this.pace = pace;
        this.owns = owns;
        this.clock = clock;
        this.logger = logger;
        stopped = stopping.Token;
        queue = new CareQueue(clock);
        ledger = new CareLedger(pace);
        replica.ChunksTouched += OnTouched;
    }

    /// <summary>Time between two passes.</summary>
    public static TimeSpan Every => TimeSpan.FromMilliseconds(200);

    /// <summary>One pass: bounded by CHUNKS_LOOP_MAX_CPS; orders that it gives go on after it.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        var leadership = log.Leadership;
        if (leadership.Term != term)
        {
            Begin(leadership.Term);
        }

        if (clock.GetElapsedTime(leaderSince) < pace.Current.InitialDelay)
        {
            return;
        }

        if (!await RefreshAsync(cancellation).ConfigureAwait(false))
        {
            return;
        }

        var budget = Budget();
        ReadReports(budget);
        foreach (var priority in Enum.GetValues<CarePriority>())
        {
            await LookAtWaitingAsync(priority, budget, cancellation).ConfigureAwait(false);
        }

        for (var left = budget; left > 0;)
        {
            var chunks = queue.TakeFresh(Math.Min(Batch, left));
            if (chunks.Count == 0)
            {
                break;
            }

            left -= chunks.Count;
            await LookAtAsync(Read(chunks), balance: false, cancellation).ConfigureAwait(false);
        }

        await ScanAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        replica.ChunksTouched -= OnTouched;
        stopping.Cancel();
        stopping.Dispose();
    }

    private void Begin(long newTerm)
    {
        term = newTerm;
        leaderSince = clock.GetTimestamp();
        lastPass = leaderSince;
        refreshed = 0;
        servers = CareServers.None;
        book.Clear();
        queue.Clear();
        cursors.Clear();
        ResetScan();
    }

    private int Budget()
    {
        var now = clock.GetTimestamp();
        var elapsed = clock.GetElapsedTime(lastPass, now);
        lastPass = now;
        return (int)Math.Clamp(pace.Current.MaxChunksPerSecond * elapsed.TotalSeconds, Batch, pace.Current.MaxChunksPerSecond);
    }

    /// <summary>Once a second: who is there. A change is a reason to look at all chunks soon.</summary>
    private async Task<bool> RefreshAsync(CancellationToken cancellation)
    {
        if (refreshed == 0 || clock.GetElapsedTime(refreshed) >= RefreshEvery)
        {
            var seen = copies.All;
            if (!await book.RefreshAsync(cancellation).ConfigureAwait(false))
            {
                return false;
            }

            refreshed = clock.GetTimestamp();
            foreach (var forgotten in book.Unknown(seen))
            {
                Log.Dropped(logger, forgotten.Incarnation);
                view.Drop(forgotten.Incarnation);
            }

            ledger.Adapt(queue.CountOf(CarePriority.Deletion) > 0);
            AskForScan(queue.TakeOverflow());
            if (hasHeldBack && !replica.Read(0, static (state, _, _) => state.DeletionsAreHeld))
            {
                // What was not deleted then is deleted now.
                hasHeldBack = false;
                AskForScan(true);
            }
        }

        var now = book.Look();
        AskForScan(Differ(servers, now));
        servers = now;
        return servers.IsSettled && servers.All.Count > 0;
    }

    private static bool Differ(CareServers before, CareServers after) =>
        before.IsSettled != after.IsSettled
        || before.All.Count != after.All.Count
        || after.All.Any(s => before.Find(s.Id) is not { } was
            || was.IsPresent != s.IsPresent || was.IsGone != s.IsGone || was.IsInMaintenance != s.IsInMaintenance || was.Labels != s.Labels || was.HasSpace != s.HasSpace);

    private void OnTouched(IReadOnlyCollection<ulong> chunks)
    {
        if (!log.Leadership.IsReady)
        {
            return;
        }

        foreach (var chunk in chunks)
        {
            queue.Add(chunk);
        }
    }

    private async ValueTask<Reply> ProposeAsync(Command command, CancellationToken cancellation) =>
        (Reply)await log.ProposeAsync(MemoryPack.MemoryPackSerializer.Serialize<Operation>(command), cancellation).ConfigureAwait(false);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "chunkserver connection {Server} is forgotten: the cluster does not know it any more")]
        public static partial void Dropped(ILogger logger, ChunkServerIncarnation server);

        [LoggerMessage(2, LogLevel.Information, "chunk {Chunk:X16}: copied from chunkserver {From} to {Target} ({Kind})")]
        public static partial void Replicated(ILogger logger, ulong chunk, ushort from, ushort target, ReplicationKind kind);

        [LoggerMessage(3, LogLevel.Warning, "chunk {Chunk:X16}: copying from chunkserver {From} to {Target} failed: {Status}")]
        public static partial void NotReplicated(ILogger logger, ulong chunk, ushort from, ushort target, Protocol.StatusCode status);

        [LoggerMessage(4, LogLevel.Debug, "chunk {Chunk:X16}: deleted at chunkserver {Server}")]
        public static partial void Deleted(ILogger logger, ulong chunk, ushort server);

        [LoggerMessage(5, LogLevel.Warning, "chunk {Chunk:X16}: deletion at chunkserver {Server} failed: {Status}")]
        public static partial void NotDeleted(ILogger logger, ulong chunk, ushort server, Protocol.StatusCode status);

        [LoggerMessage(6, LogLevel.Warning, "{Count} chunks that chunkservers have are unknown, the first is {Chunk:X16}: kept for {Days} days")]
        public static partial void Adopted(ILogger logger, int count, ulong chunk, uint days);

        [LoggerMessage(7, LogLevel.Warning, "chunk {Chunk:X16}: version healed, {Step} at {Version}")]
        public static partial void Healed(ILogger logger, ulong chunk, CareStep step, uint version);

        [LoggerMessage(8, LogLevel.Information, "chunk {Chunk:X16}: copies at chunkservers {Servers} stay for now: those that should be kept are not confirmed")]
        public static partial void NotConfirmed(ILogger logger, ulong chunk, string servers);

        [LoggerMessage(10, LogLevel.Information, "{Count} chunks have copies that would be deleted; deletions are held since the restore (mfsha-admin release-deletions)")]
        public static partial void DeletionsHeld(ILogger logger, int count);

        [LoggerMessage(9, LogLevel.Error, "an order for chunk {Chunk:X16} failed")]
        public static partial void OrderFailed(ILogger logger, ulong chunk, Exception reason);
    }
}

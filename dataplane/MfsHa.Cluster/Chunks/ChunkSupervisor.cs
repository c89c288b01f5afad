using MfsHa.Cluster.Chunks.Care;
using MfsHa.Cluster.Transactions;
using MfsHa.Cluster.Push;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Chunks;

/// <summary>
/// Serves what needs chunkservers, at the leader of a shard (design.md 9): every order is committed before a chunkserver hears of it, and nothing that may
/// have been sent is ever used for something else.
/// </summary>
public sealed partial class ChunkSupervisor : ISupervisor, IDisposable
{
    /// <summary>How long a request waits for a locked or busy chunk before it gets LOCKED (`mfsmaster/matoclserv.c`: 30 s).</summary>
    private static readonly TimeSpan ParkLimit = TimeSpan.FromSeconds(30);

    /// <summary>Unlocks by time are noticed at least so often.</summary>
    private static readonly TimeSpan ParkStep = TimeSpan.FromSeconds(1);

    private readonly IShardLog log;
    private readonly NamespaceReplica replica;
    private readonly CopyMap copies;
    private readonly ChunkOrders orders;
    private readonly NotificationRelay notifications;
    private readonly TimeProvider clock;
    private readonly ILogger<ChunkSupervisor> logger;
    private readonly ChunkServerBook book;
    private readonly CopyConfirmation confirmation;
    private readonly CarePaceSource pace;
    private readonly TrustedCopies trusted = new();
    private readonly SlotGates gates;
    private readonly KeyedSignals<ulong> chunkSignals;
    private readonly KeyedSignals<uint> lockSignals;
    private readonly TransactionCoordinator? transactions;
    private ulong seed;

    /// <summary>Creates the supervisor of a shard's replica; it works while the replica leads. <c>wakeUps</c>: see <see cref="SlotGates"/>.</summary>
    public ChunkSupervisor(
        IShardLog log,
        NamespaceReplica replica,
        CopyMap copies,
        ChunkOrders orders,
        ChunkServerBook book,
        CopyConfirmation confirmation,
        CarePaceSource pace,
        NotificationRelay notifications,
        TimeProvider clock,
        ILogger<ChunkSupervisor> logger,
        TransactionCoordinator? transactions = null,
        TaskCreationOptions wakeUps = TaskCreationOptions.RunContinuationsAsynchronously)
    {
        gates = new SlotGates(wakeUps);
        chunkSignals = new KeyedSignals<ulong>(wakeUps);
        lockSignals = new KeyedSignals<uint>(wakeUps);
        this.book = book;
        this.confirmation = confirmation;
        this.pace = pace;
        this.log = log;
        this.replica = replica;
        this.copies = copies;
        this.orders = orders;
        this.notifications = notifications;
        this.clock = clock;
        this.logger = logger;
        this.transactions = transactions;
        seed = (ulong)clock.GetTimestamp();
        replica.Applied += OnApplied;
        replica.LocksReleased += OnLocksReleased;
        log.LeadershipChanged += OnLeadershipChanged;
    }

    /// <summary>Where copies are.</summary>
    internal CopyMap Copies => copies;

    /// <summary>Which chunks need no new version at their next write.</summary>
    internal TrustedCopies Trusted => trusted;

    /// <summary>Which chunks need one because their copies are being changed.</summary>
    internal ChunksUnderCare UnderCare { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation) => request switch
    {
        ReadChunkRequest read => await ReadAsync(read, cancellation).ConfigureAwait(false),
        WriteChunkRequest write => await WriteAsync(write, cancellation).ConfigureAwait(false),
        EndWriteRequest end => await EndWriteAsync(end, cancellation).ConfigureAwait(false),
        TruncateRequest truncate => await TruncateAsync(truncate, cancellation).ConfigureAwait(false),
        WaitForLockRequest wait => await WaitForLockAsync(wait, cancellation).ConfigureAwait(false),
        CheckChunkRequest check => await CheckAsync(check, cancellation).ConfigureAwait(false),
        _ => throw new ArgumentException($"{request.GetType().Name} is not known", nameof(request)),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        replica.Applied -= OnApplied;
        replica.LocksReleased -= OnLocksReleased;
        log.LeadershipChanged -= OnLeadershipChanged;
    }

    private static SupervisedStatus Failed(StatusCode status) => new(status);

    private async ValueTask<Reply> ProposeAsync(Command command, CancellationToken cancellation) => transactions is not null
        ? await transactions.ExecuteAsync(command, cancellation).ConfigureAwait(false)
        : (Reply)await log.ProposeAsync(MemoryPack.MemoryPackSerializer.Serialize<Operation>(command), cancellation).ConfigureAwait(false);

    private async ValueTask<Reply> AskAsync(Query query, CancellationToken cancellation)
    {
        if (transactions is not null)
        {
            return await transactions.AnswerAsync(query, cancellation).ConfigureAwait(false);
        }

        await log.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        return replica.Answer(query);
    }

    /// <summary>Waits until the chunk may have become free; false when the request has waited long enough.</summary>
    private async ValueTask<bool> ParkAsync(Task ticket, long since, CancellationToken cancellation)
    {
        if (clock.GetElapsedTime(since) > ParkLimit)
        {
            return false;
        }

        await Task.WhenAny(ticket, Task.Delay(ParkStep, clock, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return true;
    }

    private bool IsLocked(Metadata.State.Chunk chunk) => chunk.LockedUntil >= clock.GetUtcNow().ToUnixTimeSeconds();

    // Nobody can lock what is borrowed from another shard, but a write that began before may be going on there.
    private bool IsBeingWrittenElsewhere(ChunkView chunk) => replica.Layout is { } layout && !layout.OwnsChunk(chunk.Id) && IsLocked(chunk.Record);

    private async ValueTask<SupervisedReply> WaitForLockAsync(WaitForLockRequest request, CancellationToken cancellation)
    {
        const int LongestWait = 10_000;
        var ticket = lockSignals.Ticket(request.Inode);
        await log.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        await Task.WhenAny(ticket, Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(request.MaxMilliseconds, 1, LongestWait)), clock, cancellation)).ConfigureAwait(false);
        return Failed(StatusCode.Ok);
    }

    private void Notify(ClientNotificationKind kind, uint inode, uint index, ulong chunk, uint version, ulong length, uint[] sessions, bool truncated, uint offset, uint size) =>
        notifications.Send(new ClientNotification
        {
            Kind = kind,
            Sessions = sessions,
            Inode = inode,
            Index = index,
            Chunk = chunk,
            Version = version,
            Length = length,
            Truncated = truncated,
            Offset = offset,
            Size = size,
        });

    private void OnLeadershipChanged(Leadership leadership)
    {
        if (!leadership.IsReady)
        {
            trusted.Clear();
        }
    }

    private void OnLocksReleased(IReadOnlyCollection<uint> inodes)
    {
        foreach (var inode in inodes)
        {
            lockSignals.Raise(inode);
        }
    }

    private void OnApplied(Command command, Reply reply)
    {
        switch (command)
        {
            case EndWrite end:
                chunkSignals.Raise(end.Chunk);
                break;
            case EndTruncate end:
                chunkSignals.Raise(end.Chunk);
                break;
            case AbandonWrite abandoned:
                chunkSignals.Raise(abandoned.Chunk);
                break;
            case UnlockChunk unlocked:
                chunkSignals.Raise(unlocked.Chunk);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "chunk {Chunk:X16}: {Kind} to version {Version} failed on {Failed} of {All} chunkservers ({Statuses})")]
        public static partial void OrderFailed(ILogger logger, ulong chunk, ChunkWorkKind kind, uint version, int failed, int all, string statuses);
    }
}

using System.Collections.Concurrent;
using MemoryPack;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Tracing;
using MfsHa.Consensus;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// Executes operations that may reach into other shards, at the leader of the shard that they are sent to (docs/transactions.md). What is lost when the leader
/// dies is brought to its end by <see cref="TransactionRecovery"/> of whoever leads then.
/// </summary>
public sealed partial class TransactionCoordinator
{
    private const int MaxRounds = 1024;
    private const int FirstPause = 1;
    private const int LongestPause = 32;
    private const int SharedPauses = 4;
    private const int Patience = 30_000;
    private const long NoMoment = long.MinValue;

    private readonly ITransactionShard shard;
    private readonly IShardCalls calls;
    private readonly ICoordinatorClock clock;
    private readonly TransactionMetrics? metrics;
    private readonly ConcurrentDictionary<TransactionId, bool> running = new();
    private readonly ForgettingQueue forgetting;
    private Task lastEverywhere = Task.CompletedTask;

    /// <summary>Creates the coordinator of a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="calls">Other shards, and this one.</param>
    /// <param name="clock">Time and chance.</param>
    /// <param name="metrics">What is counted; null: nothing.</param>
    /// <param name="wakeUps">How waiters are woken: on another thread, or at once in a simulation that has only one.</param>
    public TransactionCoordinator(
        ITransactionShard shard, IShardCalls calls, ICoordinatorClock clock, TransactionMetrics? metrics = null, TaskCreationOptions wakeUps = TaskCreationOptions.RunContinuationsAsynchronously)
    {
        (this.shard, this.calls, this.clock, this.metrics) = (shard, calls, clock, metrics);
        Quotas = new QuotaSharing(shard, calls, clock);
        Participant = new TransactionParticipant(shard, clock, wakeUps);
        forgetting = new ForgettingQueue(shard, id => running.TryRemove(id, out _));
    }

    /// <summary>Quotas of this shard and of others.</summary>
    public QuotaSharing Quotas { get; }

    /// <summary>This shard's part in transactions of others.</summary>
    public TransactionParticipant Participant { get; }

    /// <summary>True while this coordinator itself is bringing the transaction to its end.</summary>
    public bool IsRunning(TransactionId id) => running.ContainsKey(id);

    /// <summary>Forgets decisions that were carried out everywhere.</summary>
    public Task ForgetFinishedAsync() => forgetting.FlushAsync();

    /// <summary>Executes whatever is asked of the shard.</summary>
    public ValueTask<Reply> ServeAsync(Operation operation, CancellationToken cancellation) => operation switch
    {
        Query query => AnswerAsync(query, cancellation),
        PrepareTransaction prepare => Participant.PrepareAsync(prepare, cancellation),
        FinishTransaction finish => Participant.FinishAsync(finish, cancellation),
        DecideTransaction or ResolveTransaction or ForgetTransactions or TakeTotals or TotalsReported or TakeLoanNews or TakeQuotaBoard or TakeQuotaChains or FormatShard =>
            shard.ProposeAsync((Command)operation, cancellation),
        Command command => ExecuteAsync(command, cancellation),
        _ => throw new ArgumentException($"{operation.GetType().Name} is neither a command nor a query", nameof(operation)),
    };

    /// <summary>Executes a command, in one log entry when it is a matter of this shard, otherwise as a transaction.</summary>
    public async ValueTask<Reply> ExecuteAsync(Command command, CancellationToken cancellation)
    {
        if (command is not EverywhereCommand || shard.Layout is null)
        {
            return await ExecuteNowAsync(command, cancellation).ConfigureAwait(false);
        }

        // Two of them want the same in all shards, and each would keep the other from getting it everywhere.
        var mine = new TaskCompletionSource();
        var previous = Interlocked.Exchange(ref lastEverywhere, mine.Task);
        try
        {
            await previous.WaitAsync(cancellation).ConfigureAwait(false);
            return await ExecuteNowAsync(command, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _ = previous.ContinueWith(_ => mine.SetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async ValueTask<Reply> ExecuteNowAsync(Command command, CancellationToken cancellation)
    {
        var since = clock.Milliseconds;
        (command, var remembered) = await WithProgressAsync(command, cancellation).ConfigureAwait(false);
        if (remembered is not null)
        {
            return remembered;
        }

        if (command is RemoveSnapshot { HandedOver: false } removal
            && shard.Layout is { } layout
            && await AnswerAsync(new FindRemoval(removal), cancellation).ConfigureAwait(false) is InodeReply { Inode: not 0 and var top })
        {
            return await calls.ExecuteAsync(layout.ShardOf(top), removal with { HandedOver = true }, cancellation).ConfigureAwait(false);
        }

        var plans = shard.Layout is not null && command is EverywhereCommand or MakeDirectory { Home: not null } or RemoveDirectory or RemoveFile or Rename or MakeLink
            || (shard.Layout is not null && command is MakeSnapshot snapshot && (snapshot.Modes & SnapshotModes.Overwrite) != 0);
        for (var pause = FirstPause; ; pause = Math.Min(pause * 2, LongestPause))
        {
            var reply = plans
                ? await PlanAndRunAsync(command, cancellation).ConfigureAwait(false)
                : await shard.ProposeAsync(command, cancellation).ConfigureAwait(false);
            if (reply is ElsewhereReply elsewhere)
            {
                plans = !await LearnsQuotasAsync(elsewhere.Needs, cancellation).ConfigureAwait(false) || plans;
                reply = null;
            }

            if (reply is not (null or HeldReply))
            {
                if (command is SetQuota && reply.Status == StatusCode.Ok && shard.Layout is not null)
                {
                    await TellQuotasAsync(cancellation).ConfigureAwait(false);
                }

                return reply;
            }

            await WaitAsync(reply as HeldReply, since, pause, cancellation).ConfigureAwait(false);
        }
    }

    // A client's thread asks one thing after the other, each of them of whatever shard it concerns: what this shard remembers as the thread's last request need not be it.
    // Otherwise a new request that was lost with its connection would get the answer of an equal older one.
    private async ValueTask<(Command Command, Reply? Answer)> WithProgressAsync(Command command, CancellationToken cancellation)
    {
        if (command.Stamp is not { MayRepeat: true } stamp || shard.Layout is not { Count: > 1 } layout)
        {
            return (command, null);
        }

        await shard.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        if (shard.Answer(new FindFirstCopy(stamp), []).Reply is not RequestReply { Request: > 0 and var first })
        {
            return (command, null);
        }

        var progress = new FindThreadProgress(stamp, first);
        var seen = await Task.WhenAll(Enumerable.Range(0, layout.Count)
            .Where(s => s != layout.Shard)
            .Select(s => calls.ExecuteAsync((ushort)s, progress, cancellation).AsTask())).ConfigureAwait(false);
        var known = seen.OfType<RequestReply>().ToList();
        if (known.Find(static k => k.Answer is not null) is { Answer: { } answer })
        {
            return (command, MemoryPackSerializer.Deserialize<Reply>(answer));
        }

        // The thread has gone on at another shard, so it has had its answer: this is a late copy, as one that the shard's own memory shows to be late.
        var newest = known.Select(static k => k.Request).DefaultIfEmpty().Max();
        return newest > stamp.Request
            ? (command, StatusReply.Of(StatusCode.EAgain))
            : (command with { Stamp = stamp with { NotBefore = newest } }, null);
    }

    // A quota binds everywhere when its answer is there, unless a shard has no leader just now: that hears of it later.
    private async ValueTask TellQuotasAsync(CancellationToken cancellation)
    {
        const int Wait = 500;
        var telling = Quotas.TellAsync(CancellationToken.None);
        _ = telling.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await Task.WhenAny(telling, clock.PauseAsync(Wait, cancellation).AsTask()).ConfigureAwait(false);
    }

    // True when quotas were missing, which are known now.
    private async ValueTask<bool> LearnsQuotasAsync(IReadOnlyCollection<RecordNeed> needs, CancellationToken cancellation)
    {
        var directories = needs.Where(static n => n.Kind == RecordNeed.QuotaChain).Select(static n => n.Unit).ToList();
        if (directories.Count == 0)
        {
            return false;
        }

        await Quotas.LearnAsync(directories, cancellation).ConfigureAwait(false);
        return true;
    }

    private async ValueTask WaitAsync(HeldReply? held, long since, int pause, CancellationToken cancellation)
    {
        if (clock.Milliseconds - since > Patience)
        {
            throw new TimeoutException($"shard {shard.Layout?.Shard}: what the request needs was held for {Patience} ms");
        }

        metrics?.Conflict();
        if (held is { Unit: not 0 })
        {
            await Participant.WaitForReleaseAsync(held.Key, cancellation).ConfigureAwait(false);
        }

        // Two that give up for each other's sake must not come back at the same moment for ever.
        if (held is not { Unit: not 0 } || pause > SharedPauses)
        {
            await clock.PauseAsync(held is { Unit: not 0 } ? pause / SharedPauses : pause, cancellation).ConfigureAwait(false);
        }
    }

    // Null when everything has been told; otherwise the answer, or that something is held.
    private async ValueTask<Reply?> FetchAsync(ForeignKnowledge records, IReadOnlyCollection<RecordNeed> needs, CancellationToken cancellation)
    {
        var batches = needs.GroupBy(n => shard.Layout!.ShardOf(n.Unit)).OrderBy(static g => g.Key).ToList();
        var replies = new List<(ushort Shard, Task<Reply> Reply)>();
        foreach (var batch in batches)
        {
            replies.Add((batch.Key, calls.ExecuteAsync(batch.Key, new FetchRecords([.. batch]), cancellation).AsTask()));
        }

        foreach (var (from, reply) in replies)
        {
            var told = await reply.ConfigureAwait(false);
            if (told is not RecordsReply found)
            {
                return told.Status == StatusCode.ERange ? told : HeldReply.Somewhere;
            }

            records.Add(from, needs, found.Answers);
        }

        return null;
    }

    private async ValueTask<Reply> PlanAndRunAsync(Command command, CancellationToken cancellation)
    {
        var layout = shard.Layout!;
        var records = new ForeignKnowledge(layout);
        var paths = new List<OuterPath>();
        var asked = new AskedNeeds();
        for (var round = 0; round < MaxRounds; round++)
        {
            var (plan, begun) = shard.Plan(command, records.All, paths);
            if (plan.Held is { } held)
            {
                return HeldReply.Of(held);
            }

            if (!asked.BringForward(plan.Missing))
            {
                return HeldReply.Somewhere;
            }

            if (await LearnsQuotasAsync(plan.Missing, cancellation).ConfigureAwait(false))
            {
                continue;
            }

            if (plan.Missing.Count > 0)
            {
                foreach (var need in plan.Missing.Where(static n => n.Kind == RecordNeed.FreshInode))
                {
                    records.StandIn((ushort)need.Unit, need.FreshCount);
                }

                if (await FetchAsync(records, [.. plan.Missing.Where(static n => n.Kind != RecordNeed.FreshInode)], cancellation).ConfigureAwait(false) is { } refusal)
                {
                    return refusal;
                }

                continue;
            }

            foreach (var directory in plan.MissingPaths.Where(d => paths.TrueForAll(p => p.Directory != d)))
            {
                var path = await calls.ExecuteAsync(layout.ShardOf(directory), new GetFullPath(directory), cancellation).ConfigureAwait(false);
                paths.Add(new OuterPath(directory, path is PathsReply { Paths: [var found] } ? found : []));
            }

            var complete = paths.Count > 0 ? command.WithPaths(paths) : command;
            return plan.Used.Count == 0
                ? await shard.ProposeAsync(complete, cancellation).ConfigureAwait(false)
                : await RunToItsEndAsync(complete, plan, records, begun).WaitAsync(cancellation).ConfigureAwait(false);
        }

        // Something that lies scattered over other shards, and is looked at piece by piece: too much of it.
        return StatusReply.Of(StatusCode.ERange);
    }

    // Whoever has asked may go away meanwhile, and a client that loses its connection does; what the transaction holds others would then wait for until it is recovered.
    private Task<Reply> RunToItsEndAsync(Command command, TransactionPlan plan, ForeignKnowledge records, uint begun)
    {
        var run = RunAsync(command, plan, records, begun);
        _ = run.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return run;
    }

    private async Task<Reply> RunAsync(Command command, TransactionPlan plan, ForeignKnowledge records, uint begun)
    {
        // Every call has its own deadline.
        var cancellation = CancellationToken.None;
        var layout = shard.Layout!;
        var id = new TransactionId(layout.Shard, clock.NewNumber());
        var participants = plan.Used.Where(u => !records.IsStandIn(u.Unit)).ToLookup(u => layout.ShardOf(u.Unit));
        var fresh = records.StandIns.ToDictionary(static s => s.Shard, static s => s.Count);
        var shards = participants.Select(static p => p.Key).Concat(fresh.Keys).Distinct().Order().ToList();
        if (participants.Any(static p => p.Count() > PrepareTransaction.MaxLocks))
        {
            return StatusReply.Of(StatusCode.ERange);
        }

        running.TryAdd(id, true);
        using var activity = Traces.BeginTransaction(GroupNumbers.OfShard(layout.Shard), command, shards.Count);
        var since = clock.Milliseconds;
        var handedOver = false;
        try
        {
            var asked = shards.ConvertAll(s => calls.ExecuteAsync(s, PreparationFor(s), cancellation).AsTask());
            var promised = new List<ShardRecords>();
            Reply? refusal = null;
            foreach (var ask in asked)
            {
                var reply = await ask.ConfigureAwait(false);
                if (reply is PreparedReply prepared)
                {
                    promised.Add(prepared.Records);
                }
                else
                {
                    refusal ??= reply;
                }
            }

            if (refusal is not null)
            {
                Traces.Fail(activity, "a shard has refused");
                metrics?.Aborted();
                await FinishAsync(id, [.. shards.Select(static s => (s, (ShardEffects?)null))], cancellation).ConfigureAwait(false);
                if (command is EverywhereCommand && refusal is StatusReply { Status: StatusCode.ClassInUse })
                {
                    // Another attempt of the same request may have had an answer meanwhile: the log knows.
                    refusal = await shard.ProposeAsync(new DecideTransaction(id, begun, command, []) { Refusal = refusal }, cancellation).ConfigureAwait(false);
                    return refusal is DecisionReply refused ? refused.Answer : HeldReply.Somewhere;
                }

                // What a participant knows that this shard did not when it made its plan, it will know in the next one.
                return refusal.Status is StatusCode.Locked or StatusCode.EAgain || command is EverywhereCommand ? HeldReply.Somewhere : refusal;
            }

            var decided = await shard.ProposeAsync(new DecideTransaction(id, begun, command, [.. promised]), cancellation).ConfigureAwait(false);
            if (decided is not DecisionReply decision)
            {
                Traces.Fail(activity, "its ground has changed");
                metrics?.Aborted();
                await FinishAsync(id, [.. shards.Select(static s => (s, (ShardEffects?)null))], cancellation).ConfigureAwait(false);
                return decided is StatusReply ? HeldReply.Somewhere : decided;
            }

            metrics?.Committed(clock.Milliseconds - since);

            // The answer may go: nothing can take the decision back.
            handedOver = true;
            Complete(id, shards, decision.Effects);
            return decision.Answer;
        }
        finally
        {
            if (!handedOver)
            {
                running.TryRemove(id, out _);
            }
        }

        PrepareTransaction PreparationFor(ushort s)
        {
            UnitLock[] locks = [.. participants[s]];
            var units = locks.Select(static l => l.Unit).ToHashSet();
            RecordNeed[] needs = [.. records.NeedsOf(s).Where(n => units.Contains(n.Unit))];
            if (command is IHandedOver { HandedOver: true } && command.Stamp is { } stamp && units.Contains(command.RoutingInode))
            {
                needs = [.. needs, NamespaceState.NeedOfAnswer(stamp, command.RoutingInode)];
            }

            return new PrepareTransaction(id, locks, needs, fresh.ContainsKey(s))
            {
                Trial = command as EverywhereCommand,
                MoreFresh = Math.Max(fresh.GetValueOrDefault(s) - 1, 0),
            };
        }
    }

    private void Complete(TransactionId id, List<ushort> shards, ShardEffects[]? effects)
    {
        var work = effects is null ? shards.Select(static s => (s, (ShardEffects?)null)).ToList() : effects.Select(static e => (e.Shard, (ShardEffects?)e)).ToList();
        _ = CompleteAsync();

        async Task CompleteAsync()
        {
            var isKept = false;
            try
            {
                await FinishAsync(id, work, CancellationToken.None).ConfigureAwait(false);
                isKept = effects is not null;
            }
            catch (Exception e) when (e is NotLeaderException or ProposalRejectedException or PeerUnavailableException or TimeoutException or OperationCanceledException)
            {
                // Whoever leads the shards then brings it to its end.
            }
            finally
            {
                if (!isKept)
                {
                    running.TryRemove(id, out _);
                }
            }

            if (isKept)
            {
                await forgetting.AddAsync(id).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask FinishAsync(TransactionId id, List<(ushort Shard, ShardEffects? Effects)> work, CancellationToken cancellation)
    {
        var tasks = work.ConvertAll(w => calls.ExecuteAsync(w.Shard, new FinishTransaction(id, w.Effects), cancellation).AsTask());
        foreach (var task in tasks)
        {
            await task.ConfigureAwait(false);
        }
    }
}

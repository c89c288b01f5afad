using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <content>Execution on one shard of several (docs/transactions.md).</content>
public sealed partial class CommandProcessor
{
    /// <summary>Answers a query with the help of other shards' records; <see cref="ElsewhereReply"/> when more of them are needed.</summary>
    public Reply Execute(Query query, IReadOnlyCollection<ShardRecords> records, in OperationContext context) =>
        state.Reach is { } reach ? ExecuteInReach(reach, query, records, context) : Execute(query, context);

    /// <summary>
    /// What a command would need, tried out and taken back: for the coordinator, before it asks others to hold something. A guess: the state goes on meanwhile.
    /// </summary>
    public TransactionPlan Plan(Command command, IReadOnlyCollection<ShardRecords> records, IReadOnlyList<OuterPath> paths, in OperationContext context)
    {
        if (state.Reach is not { } reach)
        {
            return TransactionPlan.Local;
        }

        state.ReleasedLocks.Clear();
        state.TouchedChunks.Clear();
        reach.Begin(records, paths);
        reach.IsTransaction = true;
        reach.IsTrial = true;
        try
        {
            if (IsAnswered(command))
            {
                return TransactionPlan.Local;
            }

            EnterAsked(reach, command);
            command.Execute(state, context);
            return new TransactionPlan([], Touched(reach), [.. reach.MissingPaths.Distinct()], null);
        }
        catch (UnitLockedException e)
        {
            return new TransactionPlan([], [], [], e.Key);
        }
        catch (RecordsElsewhereException e) when (!command.StaysInShard)
        {
            return new TransactionPlan(e.Needs, Touched(reach), [.. reach.MissingPaths.Distinct()], null);
        }
        catch (RecordsElsewhereException)
        {
            return TransactionPlan.Local;
        }
        catch (InvariantException) when (records.Count > 0)
        {
            // What was fetched at different moments need not fit together. The decision, which sees what is held, does not look away.
            return new TransactionPlan([], [], [], HeldReply.Somewhere.Key);
        }
        finally
        {
            state.Undo();
            state.ReleasedLocks.Clear();
            reach.End();
        }
    }

    private static UnitLock[] Touched(ShardReach reach) =>
        [.. reach.Touched.Where(t => !reach.IsCovered(t.Key)).OrderBy(static t => (t.Key.Unit, t.Key.Name)).Select(static t => new UnitLock(t.Key.Unit, t.Value, t.Key.Name))];

    private Reply ExecuteInReach(ShardReach reach, Command command, in OperationContext context)
    {
        if (command is DecideTransaction decision)
        {
            return Decide(reach, decision, context);
        }

        reach.Begin([], command.KnownPaths);
        try
        {
            if (AnswerRepetition(command) is { } first)
            {
                return first;
            }

            var reply = command.Execute(state, context);
            if (reach.HasEffects)
            {
                throw new InvariantException($"{command.GetType().Name} would change other shards without asking them");
            }

            state.Commit(reply.Status == StatusCode.Ok);
            Remember(command.Stamp, reply);
            return reply;
        }
        catch (UnitLockedException e)
        {
            TakeBack();
            return HeldReply.Of(e.Key);
        }
        catch (RecordsElsewhereException e)
        {
            TakeBack();
            return command.StaysInShard ? StatusReply.Of(StatusCode.ENotSup) : new ElsewhereReply([.. e.Needs]);
        }
        finally
        {
            reach.End();
        }
    }

    private Reply ExecuteInReach(ShardReach reach, Query query, IReadOnlyCollection<ShardRecords> records, in OperationContext context)
    {
        reach.Begin(records, null);
        try
        {
            var reply = query.Execute(state, context);
            state.Commit(success: false);
            return reply;
        }
        catch (UnitLockedException e)
        {
            return HeldReply.Of(e.Key);
        }
        catch (RecordsElsewhereException e)
        {
            return query.StaysInShard ? StatusReply.Of(StatusCode.ENotSup) : new ElsewhereReply([.. e.Needs]);
        }
        catch (InvariantException) when (records.Count > 0)
        {
            // What was fetched at different moments need not fit together.
            return HeldReply.Somewhere;
        }
        finally
        {
            reach.End();
        }
    }

    /// <summary>
    /// True when the command will get an answer from memory: nothing has to be found out for it, and a plan that says otherwise would be made again and again.
    /// Looks at other shards as an execution does.
    /// </summary>
    private bool IsAnswered(Command command) =>
        command.Stamp is { } stamp
        && state.Replies.Get((stamp.Session, stamp.Message)) is { } last
        && (stamp.Request <= last.Request
            || (MayRepeat(state, stamp, last) && Remembered(last) is { Status: StatusCode.Ok } reply && command.StillHolds(state, reply)));

    /// <summary>
    /// <see cref="Command.StillHolds"/> on one shard of several. What is in another shard may have been supplied; if it has not, the plan has looked at it and found
    /// that the answer holds: otherwise it would have been supplied.
    /// </summary>
    private bool HoldsInReach(Command command, Reply first)
    {
        try
        {
            return command.StillHolds(state, first);
        }
        catch (RecordsElsewhereException)
        {
            return true;
        }
    }

    private Reply? AnswerInReach(ShardReach reach, Command command, in OperationContext context)
    {
        reach.Begin([], command.KnownPaths);
        try
        {
            var reply = command.AnswerWithoutChange(state, context);
            state.Commit(success: false);
            return reply;
        }
        catch (Exception e) when (e is UnitLockedException or RecordsElsewhereException)
        {
            return null; // what it takes is found out on the way through the log
        }
        finally
        {
            reach.End();
        }
    }

    private Reply Decide(ShardReach reach, DecideTransaction decision, in OperationContext context)
    {
        if (decision.Inner is not Command command)
        {
            throw new InvariantException($"transaction {decision.Id} is about {decision.Inner.GetType().Name}, which is not a command");
        }

        if (state.Decisions.Get(decision.Id.Key) is { } known)
        {
            return new DecisionReply(MemoryPackSerializer.Deserialize<Reply>(known.Reply)!, known.Effects);
        }

        if (state.Aborted.Contains(decision.Id.Key) || context.Now > (ulong)decision.Begun + DecideTransaction.MaxAgeSeconds)
        {
            return StatusReply.Of(StatusCode.EAgain);
        }

        reach.Begin(decision.Participants, command.KnownPaths);
        reach.IsTransaction = true;
        try
        {
            if ((AnswerOfAsked(command) ?? AnswerRepetition(command)) is { } first)
            {
                return new DecisionReply(first, null);
            }

            if (decision.Refusal is { } refusal)
            {
                Remember(command.Stamp, refusal);
                return new DecisionReply(refusal, null);
            }

            EnterAsked(reach, command);
            var reply = command.Execute(state, context);
            if (!AreHeld(reach, decision.Participants))
            {
                TakeBack();
                return new ElsewhereReply([]);
            }

            ShardEffects[]? effects = null;
            if (command is IHandedOver { HandedOver: true } && command.Stamp is { } stamp)
            {
                reach.Act(command.RoutingInode, new RememberAnswer(stamp, MemoryPackSerializer.Serialize<Reply>(reply)));
            }

            if (reach.HasEffects)
            {
                if (reply.Status != StatusCode.Ok && !reach.OnlyRemembers)
                {
                    throw new InvariantException($"{command.GetType().Name} has failed and would change other shards");
                }

                effects = reach.Effects(decision.Participants);
                state.Decisions.Set(decision.Id.Key, new TransactionDecision(effects, MemoryPackSerializer.Serialize(reply)));
            }

            state.Commit(effects is not null || reply.Status == StatusCode.Ok);
            Remember(command.Stamp, reply);
            return new DecisionReply(reply, effects);
        }
        catch (UnitLockedException e)
        {
            TakeBack();
            return HeldReply.Of(e.Key);
        }
        catch (RecordsElsewhereException e)
        {
            TakeBack();
            return new ElsewhereReply([.. e.Needs]);
        }
        catch (InvariantException) when (!AreHeld(reach, decision.Participants))
        {
            // It has looked at more than is held: that need not fit together, and would not have counted anyway.
            TakeBack();
            return new ElsewhereReply([]);
        }
        finally
        {
            reach.End();
        }
    }

    /// <summary>Whatever comes of a command that was handed over, the shard that was asked first must not execute it meanwhile.</summary>
    private static void EnterAsked(ShardReach reach, Command command)
    {
        if (command is IHandedOver { HandedOver: true })
        {
            reach.EnterWrite(command.RoutingInode, lockable: true, moves: false);
        }
    }

    /// <summary>The answer that the shard which was asked first remembers of this request; null if there is none.</summary>
    private Reply? AnswerOfAsked(Command command)
    {
        if (command is not IHandedOver { HandedOver: true } || command.Stamp is not { } stamp || state.Replies.GetSupplied((stamp.Session, stamp.Message)) is not { } last)
        {
            return null;
        }

        return stamp.Request == last.Request ? Remembered(last) : stamp.Request < last.Request ? StatusReply.Of(StatusCode.EAgain) : null;
    }

    /// <summary>True when everything that was used elsewhere is held as strongly as it was used.</summary>
    private static bool AreHeld(ShardReach reach, IEnumerable<ShardRecords> participants)
    {
        var held = participants.SelectMany(static p => p.Locks).ToDictionary(static l => l.Key, static l => l.Mode);
        return reach.Touched.All(t => held.GetValueOrDefault(t.Key).Includes(t.Value) || (t.Key.Name != 0 && held.GetValueOrDefault(new LockKey(t.Key.Unit)).CoversName(t.Value)));
    }

    private void TakeBack()
    {
        state.Undo();
        state.ReleasedLocks.Clear();
    }
}

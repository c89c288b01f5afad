using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <summary>Executes commands exactly once (design.md 8) and queries, on one shard's state.</summary>
public sealed partial class CommandProcessor(NamespaceState state)
{
    /// <summary>
    /// Executes a command unless it is a repetition: then it gets the first answer. Afterwards the state's changes are final.
    /// </summary>
    public Reply Execute(Command command, in OperationContext context)
    {
        state.ReleasedLocks.Clear();
        state.TouchedChunks.Clear();
        if (state.Reach is { } reach)
        {
            return ExecuteInReach(reach, command, context);
        }

        return AnswerRepetition(command) ?? Run(command, context);
    }

    /// <summary>
    /// Answers a command from the state alone if it would change nothing (or was executed before); null if it must go through the log.
    /// Like a query, it needs a read barrier before.
    /// </summary>
    public Reply? AnswerWithoutChange(Command command, in OperationContext context)
    {
        if (command.Stamp is { } stamp
            && state.Replies.Get((stamp.Session, stamp.Message)) is { } last
            && (stamp.Request <= last.Request || MayRepeat(state, stamp, last)))
        {
            return stamp.Request == last.Request ? Remembered(last) : null;
        }

        if (state.Reach is { } reach)
        {
            return AnswerInReach(reach, command, context);
        }

        var reply = command.AnswerWithoutChange(state, context);
        state.Commit(success: false);
        return reply;
    }

    /// <summary>Answers a query; the state must stay as it is.</summary>
    public Reply Execute(Query query, in OperationContext context)
    {
        if (state.Reach is { } reach)
        {
            return ExecuteInReach(reach, query, [], context);
        }

        var reply = query.Execute(state, context);
        state.Commit(success: false);
        return reply;
    }

    /// <summary>
    /// True when a client may be repeating its last request after a reconnect: the same bytes, and no sign that the first answer has reached it. Taking
    /// a new request for a repetition loses it, so signs are gathered all the time (<see cref="RequestStamp.AnsweredBelow"/>). Only successes are answered
    /// from memory: a failure has changed nothing, and the same bytes may as well be a new request. And only while they are true
    /// (<see cref="Command.StillHolds"/>): "write to f.tmp, rename it to f" sends the same bytes again and again.
    /// </summary>
    internal static bool MayRepeat(NamespaceState state, RequestStamp stamp, RememberedReply last) =>
        stamp.MayRepeat
        && stamp.Digest == last.Digest
        && stamp.Request >> 32 != last.Request >> 32
        && last.Request >= stamp.NotBefore
        && state.Deliveries.Get(stamp.Session)?.HasArrived(last.Request) != true;

    private void NoteDelivery(RequestStamp stamp)
    {
        if (stamp.AnsweredBelow > 0)
        {
            state.NoteDelivery(stamp.Session, (uint)(stamp.Request >> 32), stamp.AnsweredBelow);
        }
    }

    /// <summary>True for answers after which the cluster itself goes on with the same request.</summary>
    private static bool IsTransient(StatusCode status) =>
        status is StatusCode.Delayed or StatusCode.Locked or StatusCode.ChunkBusy or StatusCode.Waiting;

    private static Reply Remembered(RememberedReply last) =>
        MemoryPackSerializer.Deserialize<Reply>(last.Reply) ?? throw new InvariantException("a remembered reply is empty");

    /// <summary>The first answer if this is a repetition, otherwise null.</summary>
    private Reply? AnswerRepetition(Command command)
    {
        if (command.Stamp is not { } stamp || state.Replies.Get((stamp.Session, stamp.Message)) is not { } last)
        {
            return null;
        }

        if (stamp.Request == last.Request)
        {
            return Remembered(last);
        }

        if (stamp.Request < last.Request)
        {
            // A late copy of a request that the client has got an answer for, or has repeated on a newer connection.
            return StatusReply.Of(StatusCode.EAgain);
        }

        if (MayRepeat(state, stamp, last) && Remembered(last) is { Status: StatusCode.Ok } reply && StillHolds(command, reply))
        {
            state.Replies.Set((stamp.Session, stamp.Message), last with { Request = stamp.Request });
            NoteDelivery(stamp);
            state.Commit(success: true);
            return reply;
        }

        return null;
    }

    private bool StillHolds(Command command, Reply first) => state.Reach is null ? command.StillHolds(state, first) : HoldsInReach(command, first);

    private Reply Run(Command command, in OperationContext context)
    {
        var reply = command.Execute(state, context);
        state.Commit(reply.Status == StatusCode.Ok);
        Remember(command.Stamp, reply);
        return reply;
    }

    private void Remember(RequestStamp? stamp, Reply reply)
    {
        if (stamp is not null && !IsTransient(reply.Status))
        {
            // Failures, too: a copy that the router sent twice may come late and would succeed by then.
            state.Replies.Set((stamp.Session, stamp.Message), new RememberedReply(stamp.Request, stamp.Digest, MemoryPackSerializer.Serialize<Reply>(reply)));
            NoteDelivery(stamp);
            state.Commit(success: true);
        }
    }
}

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <summary>Executes commands exactly once (design.md 8) and queries, on one shard's state.</summary>
public sealed class CommandProcessor(NamespaceState state)
{
    /// <summary>
    /// Executes a command unless it is a repetition: then it gets the first answer. Afterwards the state's changes are final.
    /// </summary>
    public Reply Execute(Command command, in OperationContext context)
    {
        state.ReleasedLocks.Clear();
        if (command.Stamp is not { } stamp)
        {
            return Run(command, context);
        }

        if (state.Replies.Get((stamp.Session, stamp.Message)) is { } last)
        {
            if (stamp.Request == last.Request)
            {
                return Remembered(last);
            }

            if (stamp.Request < last.Request)
            {
                // A late copy of a request that the client has got an answer for, or has repeated on a newer connection.
                return new StatusReply(StatusCode.EAgain);
            }

            if (stamp.FirstOnConnection && stamp.Digest == last.Digest && stamp.Request >> 32 != last.Request >> 32)
            {
                state.Replies.Set((stamp.Session, stamp.Message), last with { Request = stamp.Request });
                state.Commit(success: true);
                return Remembered(last);
            }
        }

        return Run(command, context);
    }

    /// <summary>
    /// Answers a command from the state alone if it would change nothing (or was executed before); null if it must go through the log.
    /// Like a query, it needs a read barrier before.
    /// </summary>
    public Reply? AnswerWithoutChange(Command command, in OperationContext context)
    {
        if (command.Stamp is { } stamp
            && state.Replies.Get((stamp.Session, stamp.Message)) is { } last
            && (stamp.Request <= last.Request || (stamp.FirstOnConnection && stamp.Digest == last.Digest)))
        {
            return stamp.Request == last.Request ? Remembered(last) : null;
        }

        var reply = command.AnswerWithoutChange(state, context);
        state.Commit(success: false);
        return reply;
    }

    /// <summary>Answers a query; the state must stay as it is.</summary>
    public Reply Execute(Query query, in OperationContext context)
    {
        var reply = query.Execute(state, context);
        state.Commit(success: false);
        return reply;
    }

    private static Reply Remembered(RememberedReply last) =>
        MemoryPackSerializer.Deserialize<Reply>(last.Reply) ?? throw new InvariantException("a remembered reply is empty");

    private Reply Run(Command command, in OperationContext context)
    {
        var reply = command.Execute(state, context);
        var success = reply.Status == StatusCode.Ok;
        if (success && command.Stamp is { } stamp)
        {
            // Only successes are remembered: a failed command has changed nothing, so executing its repetition is as good.
            state.Replies.Set((stamp.Session, stamp.Message), new RememberedReply(stamp.Request, stamp.Digest, MemoryPackSerializer.Serialize<Reply>(reply)));
        }

        state.Commit(success);
        return reply;
    }
}

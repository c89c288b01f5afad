using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>Executes commands exactly once and queries, on the system group's state.</summary>
public sealed class SystemProcessor(SystemState state)
{
    /// <summary>How long the answer to a command with a token is remembered at least, seconds, unless <see cref="MaxAnswers"/> came after it.</summary>
    public const uint RememberSeconds = 300;

    /// <summary>Most answers that are remembered.</summary>
    public const ulong MaxAnswers = 65_536;

    private const int ForgottenAtOnce = 4;

    /// <summary>Executes a command unless it is a repetition: then it gets the first answer. Afterwards the state's changes are final.</summary>
    public SystemReply Execute(SystemCommand command, in OperationContext context)
    {
        if (command.Token != 0 && state.Answers.Get(command.Token) is { } answer)
        {
            return MemoryPackSerializer.Deserialize<SystemReply>(answer.Reply) ?? throw new InvariantException("a remembered answer is empty");
        }

        if (command is not FormCluster && state.Cluster is null)
        {
            return new SystemStatus(StatusCode.NotStarted);
        }

        var reply = command.Execute(state, context);
        var success = reply.Status == StatusCode.Ok;
        if (success && command.Token != 0)
        {
            Remember(command.Token, reply, context.Now);
        }

        state.Commit(success);
        return reply;
    }

    /// <summary>Answers a query; the state must stay as it is.</summary>
    public SystemReply Execute(SystemQuery query, in OperationContext context)
    {
        if (state.Cluster is null)
        {
            return new SystemStatus(StatusCode.NotStarted);
        }

        var reply = query.Execute(state, context);
        state.Commit(success: false);
        return reply;
    }

    private void Remember(ulong token, SystemReply reply, uint now)
    {
        var cluster = state.RequireCluster();
        var first = cluster.FirstAnswer;
        for (var i = 0; i < ForgottenAtOnce && first < cluster.NextAnswer; i++)
        {
            var oldest = state.AnswerOrder.Require(first).Token;
            var full = cluster.NextAnswer - first >= MaxAnswers;
            if (!full && state.Answers.Require(oldest).UnixSeconds + (ulong)RememberSeconds >= now)
            {
                break;
            }

            state.Answers.Remove(oldest);
            state.AnswerOrder.Remove(first++);
        }

        state.Answers.Add(token, new RememberedAnswer(now, MemoryPackSerializer.Serialize(reply)));
        state.AnswerOrder.Add(cluster.NextAnswer, new AnswerPlace(token));
        state.Cluster = cluster with { NextAnswer = cluster.NextAnswer + 1, FirstAnswer = first };
    }
}

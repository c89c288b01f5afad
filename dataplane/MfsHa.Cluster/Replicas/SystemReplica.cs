using MemoryPack;
using MfsHa.Cluster.Status;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Replicas;

/// <summary>The system group's replica on this node.</summary>
public sealed class SystemReplica : Replica<SystemState>
{
    private readonly SystemProcessor processor;

    /// <summary>Opens the replica.</summary>
    public SystemReplica(SystemState state, GroupStore store, ConsistencyPoints points, TimeProvider clock)
        : base(state, store, points, clock) => processor = new SystemProcessor(state);

    /// <summary>Raised under the replica's lock after each applied command; handlers only note what happened.</summary>
    public event Action<SystemCommand, SystemReply>? Applied;

    /// <summary>Answers a query.</summary>
    public SystemReply Answer(SystemQuery query) => Read((Self: this, query), static (_, a, now) =>
    {
        a.Self.NoteQuestion();
        return a.Self.processor.Execute(a.query, new OperationContext(now, a.Self.Formats.Level));
    });

    /// <inheritdoc/>
    protected override object ApplyCommand(ReadOnlyMemory<byte> command, in OperationContext context, long index)
    {
        if (MemoryPackSerializer.Deserialize<SystemOperation>(command.Span) is not SystemCommand parsed)
        {
            throw new InvariantException($"entry {index} of the system group holds something that is not a command");
        }

        if (parsed is RaiseFormatLevel raise && raise.Check(State) == StatusCode.Ok)
        {
            // Before it is executed: from here on this node may write at that level, and its data directory is refused by releases that do not read it.
            Formats.Admit(raise.Level, "what the cluster writes from now on");
        }

        var reply = processor.Execute(parsed, context);
        if (parsed is IConsistencyPoint mark)
        {
            NoteConsistencyPoint(mark.Point);
        }

        Applied?.Invoke(parsed, reply);
        return reply;
    }
}

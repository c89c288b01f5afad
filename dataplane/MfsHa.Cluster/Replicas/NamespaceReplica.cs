using MemoryPack;
using MfsHa.Cluster.Status;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;

namespace MfsHa.Cluster.Replicas;

/// <summary>A shard's replica on this node.</summary>
public sealed class NamespaceReplica : Replica<NamespaceState>
{
    private readonly CommandProcessor processor;

    /// <summary>Opens the replica.</summary>
    public NamespaceReplica(NamespaceState state, GroupStore store, ConsistencyPoints points, TimeProvider clock)
        : base(state, store, points, clock) => processor = new CommandProcessor(state);

    /// <summary>Raised under the replica's lock after each applied command; handlers only note what happened.</summary>
    public event Action<Command, Reply>? Applied;

    /// <summary>Raised under the replica's lock with the inodes of which a command has released locks; handlers only note them.</summary>
    public event Action<IReadOnlyCollection<uint>>? LocksReleased;

    /// <summary>Raised under the replica's lock with the chunks whose wanted copies a command has changed; handlers only note them.</summary>
    public event Action<IReadOnlyCollection<ulong>>? ChunksTouched;

    /// <summary>Answers a query.</summary>
    public Reply Answer(Query query) => Read((Self: this, query), static (_, a, now) =>
    {
        a.Self.NoteQuestion();
        return a.Self.processor.Execute(a.query, new OperationContext(now, a.Self.Formats.Level));
    });

    /// <summary>The answer to a command that changes nothing as the state is; null if it must go through the log.</summary>
    public Reply? AnswerWithoutChange(Command command) =>
        Read((Self: this, command), static (_, a, now) => a.Self.processor.AnswerWithoutChange(a.command, new OperationContext(now, a.Self.Formats.Level)));

    /// <summary>Which shard of how many this is; null when it is the only one.</summary>
    public ShardLayout? Layout => Read(0, static (state, _, _) => state.Layout);

    /// <summary>Answers a query with records of other shards, and says at which index of the log that was.</summary>
    public (Reply Reply, long Index) Answer(Query query, IReadOnlyCollection<ShardRecords> records) =>
        Read((Self: this, query, records), static (state, a, now) =>
        {
            a.Self.NoteQuestion();
            return (a.Self.processor.Execute(a.query, a.records, new OperationContext(now, a.Self.Formats.Level)), state.Position.Index);
        });

    /// <summary>Tries a command out, and says what time it was.</summary>
    public (TransactionPlan Plan, uint Now) Plan(Command command, IReadOnlyCollection<ShardRecords> records, IReadOnlyList<OuterPath> paths) =>
        Read((Self: this, command, records, paths), static (_, a, now) => (a.Self.processor.Plan(a.command, a.records, a.paths, new OperationContext(now, a.Self.Formats.Level)), now));

    /// <inheritdoc/>
    protected override object ApplyCommand(ReadOnlyMemory<byte> command, in OperationContext context, long index)
    {
        if (MemoryPackSerializer.Deserialize<Operation>(command.Span) is not Command parsed)
        {
            throw new InvariantException($"entry {index} of group {State.Group} holds something that is not a command");
        }

        var reply = processor.Execute(parsed, context);
        if (parsed is IConsistencyPoint mark)
        {
            NoteConsistencyPoint(mark.Point);
        }
        else if (parsed is MarkCut cut)
        {
            NoteCut(cut.Point);
        }

        Applied?.Invoke(parsed, reply);
        if (parsed is DecideTransaction { Inner: Command inner } && reply is DecisionReply decision)
        {
            Applied?.Invoke(inner, decision.Answer);
        }

        if (State.ReleasedLocks.Count > 0)
        {
            LocksReleased?.Invoke(State.ReleasedLocks);
            State.ReleasedLocks.Clear();
        }

        if (State.TouchedChunks.Count > 0)
        {
            ChunksTouched?.Invoke(State.TouchedChunks);
            State.TouchedChunks.Clear();
        }

        return reply;
    }
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Sharding;

/// <summary>Nothing was done: a transaction holds a unit, or a name in it.</summary>
/// <param name="Unit">The unit; 0 when it is not known.</param>
/// <param name="Name"><see cref="LockKey.Name"/>.</param>
[MemoryPackable]
public sealed partial record HeldReply(uint Unit, ulong Name) : Reply
{
    /// <summary>Something is held, or what was looked at does not fit together.</summary>
    public static readonly HeldReply Somewhere = new(0, 0);

    /// <summary>What is held.</summary>
    [MemoryPackIgnore]
    public LockKey Key => new(Unit, Name);

    /// <summary>This is held.</summary>
    public static HeldReply Of(LockKey key) => new(key.Unit, key.Name);

    /// <inheritdoc/>
    public override StatusCode Status => StatusCode.Locked;
}

/// <summary>Nothing was done: records of other shards are needed. A command needs a transaction, a query their values.</summary>
[MemoryPackable]
public sealed partial record ElsewhereReply(RecordNeed[] Needs) : Reply
{
    /// <inheritdoc/>
    public override StatusCode Status => StatusCode.Delayed;
}

/// <summary>Records as they are now.</summary>
[MemoryPackable]
public sealed partial record RecordsReply(RecordAnswer[] Answers) : Reply;

/// <summary>A participant has promised.</summary>
[MemoryPackable]
public sealed partial record PreparedReply(ShardRecords Records) : Reply;

/// <summary>A coordinator has executed a transaction's command.</summary>
/// <param name="Answer">The command's reply.</param>
/// <param name="Effects">What the participants have to do, one per participant; null when nothing was decided, and they are to be released.</param>
[MemoryPackable]
public sealed partial record DecisionReply(Reply Answer, ShardEffects[]? Effects) : Reply
{
    /// <inheritdoc/>
    public override StatusCode Status => Effects is null && Answer.Status != StatusCode.Ok ? Answer.Status : StatusCode.Ok;
}

/// <summary>What became of a transaction.</summary>
/// <param name="Effects">What the asking shard has to do; null when the transaction is aborted.</param>
[MemoryPackable]
public sealed partial record OutcomeReply(ShardEffects? Effects) : Reply;

/// <summary>Some transactions.</summary>
[MemoryPackable]
public sealed partial record TransactionIdsReply(TransactionId[] Ids) : Reply;

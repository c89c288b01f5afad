using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Sharding;

/// <summary>
/// A participant promises: it holds the units until it hears the outcome, and says what their records are. Nobody waits here: what somebody else holds
/// is refused at once (<see cref="HeldReply"/>). A repetition gets the same answer; ECANCELED-like EAGAIN when the transaction is over already.
/// </summary>
/// <param name="Id">The transaction.</param>
/// <param name="Locks">What to hold, each unit and each name once.</param>
/// <param name="Needs">What to tell; all of held units.</param>
/// <param name="Fresh">True: a number for a new inode is set aside, too.</param>
[MemoryPackable]
public sealed partial record PrepareTransaction(TransactionId Id, UnitLock[] Locks, RecordNeed[] Needs, bool Fresh) : Command
{
    /// <summary>Most units that one transaction holds in one shard.</summary>
    public const int MaxLocks = 2 * RecordNeed.MaxObjects;

    /// <summary>An <see cref="EverywhereCommand"/> that the participant is to carry out: it promises only what it can do, and otherwise answers with its refusal. Null if there is none.</summary>
    public Operation? Trial { get; init; }

    /// <summary>So many numbers more are set aside, 0..<see cref="RecordNeed.MaxObjects"/>.</summary>
    public int MoreFresh { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Locks.Length > 0 ? Locks[0].Unit : 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Reach is not { } reach || !IsValid(state))
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        if (state.Finished.Contains(Id.Key))
        {
            return StatusReply.Of(StatusCode.EAgain);
        }

        var known = state.Prepared.Get(Id.Key);
        if (known is null && WhyNot(state, reach, context) is { } refusal)
        {
            return refusal;
        }

        if (Answer(state, reach) is not { } answers)
        {
            return StatusReply.Of(StatusCode.ERange);
        }

        known ??= Hold(state, reach, context.Now);
        return new PreparedReply(new ShardRecords(reach.Layout.Shard, answers, known.Locks, known.Fresh, known.Token) { MoreFresh = known.MoreFresh });
    }

    private bool IsValid(NamespaceState state)
    {
        var units = Locks.Select(static l => l.Unit).ToHashSet();
        return Locks.Length <= MaxLocks
            && MoreFresh is >= 0 and <= RecordNeed.MaxObjects
            && !Array.Exists(Locks, l => state.IsElsewhere(l.Unit))
            && Array.TrueForAll(Needs, n => units.Contains(n.Unit));
    }

    // A class that is being deleted must not be that of an object which is under way.
    private UnitLock[] WithClassUse(ShardReach reach) =>
        Fresh ? [.. Locks, new UnitLock(reach.Layout.ClassUseOf(reach.Layout.Shard), LockMode.Shared)] : Locks;

    private Reply? WhyNot(NamespaceState state, ShardReach reach, in OperationContext context)
    {
        foreach (var wanted in WithClassUse(reach))
        {
            if (reach.Locks.WhoDenies(wanted) is not null)
            {
                return HeldReply.Of(wanted.Key);
            }
        }

        if (Trial is EverywhereCommand trial)
        {
            var reply = trial.ExecuteHere(state, context);
            state.Undo();
            if (reply.Status != StatusCode.Ok)
            {
                return reply;
            }
        }

        return Fresh && !state.HasFreeInodes(1 + MoreFresh) ? StatusReply.Of(StatusCode.NoSpace) : null;
    }

    private PreparedTransaction Hold(NamespaceState state, ShardReach reach, uint now)
    {
        var fresh = Fresh ? Enumerable.Range(0, 1 + MoreFresh).Select(_ => state.SetInodeAside(now)).ToArray() : [];
        var locks = WithClassUse(reach);
        var prepared = new PreparedTransaction(
            [.. locks, .. fresh.Select(static n => new UnitLock(n, LockMode.Exclusive))], fresh.FirstOrDefault(), state.Position.Index)
        {
            MoreFresh = [.. fresh.Skip(1)],
        };
        state.Prepared.Add(Id.Key, prepared);
        reach.Locks.Add(Id, prepared.Locks);
        return prepared;
    }

    private RecordAnswer[]? Answer(NamespaceState state, ShardReach reach)
    {
        reach.IgnoresLocks = true;
        try
        {
            return state.AnswerNeeds(Needs, generous: false);
        }
        finally
        {
            reach.IgnoresLocks = false;
        }
    }
}

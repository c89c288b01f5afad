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
/// <param name="Locks">What to hold, each unit once.</param>
/// <param name="Needs">What to tell; all of held units.</param>
/// <param name="Fresh">True: a number for a new inode is set aside, too.</param>
[MemoryPackable]
public sealed partial record PrepareTransaction(TransactionId Id, UnitLock[] Locks, RecordNeed[] Needs, bool Fresh) : Command
{
    /// <summary>Most units that one transaction holds in one shard.</summary>
    public const int MaxLocks = 512;

    /// <inheritdoc/>
    public override uint RoutingInode => Locks.Length > 0 ? Locks[0].Unit : 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Reach is not { } reach || Locks.Length > MaxLocks || Locks.Any(l => state.IsElsewhere(l.Unit)) || Needs.Any(n => !Locks.Any(l => l.Unit == n.Unit)))
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        if (state.Finished.Contains(Id.Key))
        {
            return StatusReply.Of(StatusCode.EAgain);
        }

        if (state.Prepared.Get(Id.Key) is { } known)
        {
            return Answer(state, reach, known);
        }

        foreach (var wanted in Locks)
        {
            if (reach.Locks.WhoDenies(wanted) is { } holder)
            {
                return new HeldReply(wanted.Unit, holder);
            }
        }

        if (Fresh && !state.HasFreeInode)
        {
            return StatusReply.Of(StatusCode.NoSpace);
        }

        var fresh = Fresh ? state.SetInodeAside(context.Now) : 0;
        var prepared = new PreparedTransaction(Fresh ? [.. Locks, new UnitLock(fresh, LockMode.Exclusive)] : Locks, fresh, state.Position.Index);
        state.Prepared.Add(Id.Key, prepared);
        reach.Locks.Add(Id, prepared.Locks);
        return Answer(state, reach, prepared);
    }

    private PreparedReply Answer(NamespaceState state, ShardReach reach, PreparedTransaction prepared)
    {
        reach.IgnoresLocks = true;
        try
        {
            return new PreparedReply(new ShardRecords(reach.Layout.Shard, state.AnswerNeeds(Needs, generous: false), prepared.Locks, prepared.Fresh, prepared.Token));
        }
        finally
        {
            reach.IgnoresLocks = false;
        }
    }
}

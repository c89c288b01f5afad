using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Locks;

/// <summary>
/// FLOCK (client-protocol 5.5; mfsmaster/flocklocks.c: flock_locks_cmd). Answers at once: done, "must wait" (blocking commands), or EAGAIN (tries).
/// Whoever holds a shared lock and asks for an exclusive one, waiting, loses the shared one first. Repeating a command is harmless: it needs no stamp, and a command
/// that had to wait must not have one. Interrupt concerns only waiters and changes nothing here.
/// <para>Errors: NOTOPENED (except interrupt and release), EAGAIN, EINVAL, OUTOFMEMORY (too many holders).</para>
/// </summary>
/// <param name="Inode">The file.</param>
/// <param name="Owner">Owner within the session.</param>
/// <param name="Order">What to do.</param>
/// <param name="Session">The session.</param>
[MemoryPackable]
public sealed partial record Flock(uint Inode, ulong Owner, FlockCommand Order, uint Session) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    private bool WantsExclusive => Order is FlockCommand.TryExclusive or FlockCommand.LockExclusive;

    private bool Waits => Order is FlockCommand.LockShared or FlockCommand.LockExclusive;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var holders = HoldersOf(state);
        var held = Find(holders);
        return Order switch
        {
            FlockCommand.Interrupt => LockReply.Done,
            FlockCommand.Unlock or FlockCommand.Release => held is null ? LockReply.Done : null,
            _ when held is { } own && own.Exclusive == WantsExclusive => LockReply.Done,
            _ when IsFree(holders) => null,
            _ when Waits => held is null ? LockReply.MustWait : null,
            _ => StatusReply.Of(StatusCode.EAgain),
        };
    }

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (AnswerWithoutChange(state, context) is { } answer)
        {
            return answer;
        }

        var holders = HoldersOf(state);
        var others = Array.FindAll(holders, h => !h.IsOf(Session, Owner));
        if (others.Length < holders.Length)
        {
            state.ReleasedLocks.Add(Inode);
        }

        if (Order is FlockCommand.Unlock or FlockCommand.Release)
        {
            state.SetFlocks(Inode, others);
            return LockReply.Done;
        }

        if (!IsFree(holders))
        {
            // A waiting upgrade: the shared lock goes at once.
            state.SetFlocks(Inode, others);
            return LockReply.MustWait;
        }

        state.SetFlocks(Inode, [new FlockHolder(Session, Owner, WantsExclusive), .. others]);
        return LockReply.Done;
    }

    private FlockHolder[] HoldersOf(NamespaceState state) => state.Flocks.Get(Inode)?.Holders ?? [];

    private FlockHolder? Find(FlockHolder[] holders)
    {
        foreach (var holder in holders)
        {
            if (holder.IsOf(Session, Owner))
            {
                return holder;
            }
        }

        return null;
    }

    private bool IsFree(FlockHolder[] holders) => Array.TrueForAll(holders, h => h.IsOf(Session, Owner) || (!WantsExclusive && !h.Exclusive));

    private StatusCode WhyNot(NamespaceState state)
    {
        if (Order > FlockCommand.Release)
        {
            return StatusCode.EInval;
        }

        if (Order is not (FlockCommand.Interrupt or FlockCommand.Release) && !state.IsOpenBy(Inode, Session))
        {
            return StatusCode.NotOpened;
        }

        var grows = Order is FlockCommand.TryShared or FlockCommand.LockShared;
        return grows && HoldersOf(state).Length >= InodeFlocks.MaxHolders ? StatusCode.OutOfMemory : StatusCode.Ok;
    }
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Locks;

/// <summary>
/// POSIX_LOCK set, try and unlock (client-protocol 5.6; mfsmaster/posixlocks.c: posix_lock_cmd). Answers at once: done, "must wait" (set), or EAGAIN (try).
/// Repeating it is harmless: it needs no stamp, and a command that had to wait must not have one.
/// <para>Errors: NOTOPENED (except unlock), EAGAIN, EINVAL (empty range, type, command), OUTOFMEMORY (too many ranges).</para>
/// </summary>
[MemoryPackable]
public sealed partial record PosixLock : Command
{
    /// <summary>The file.</summary>
    public required uint Inode { get; init; }

    /// <summary>Session.</summary>
    public required uint Session { get; init; }

    /// <summary>Owner within the session.</summary>
    public required ulong Owner { get; init; }

    /// <summary>Process.</summary>
    public required uint Pid { get; init; }

    /// <summary>Set (waits) or try.</summary>
    public required PosixLockCommand Order { get; init; }

    /// <summary>Kind of lock, or unlock.</summary>
    public required PosixLockType Type { get; init; }

    /// <summary>First byte.</summary>
    public required ulong Start { get; init; }

    /// <summary>Behind the last byte; 2^64-1 = to the end of the file.</summary>
    public required ulong End { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context)
    {
        if (Order is not (PosixLockCommand.Set or PosixLockCommand.Try) || Type > PosixLockType.Write || Start >= End)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var owners = state.PosixLocks.Get(Inode)?.Owners ?? [];
        if (Type == PosixLockType.Unlock)
        {
            return Array.Exists(owners, o => o.IsOf(Session, Owner)) ? null : LockReply.Done;
        }

        if (!state.IsOpenBy(Inode, Session))
        {
            return StatusReply.Of(StatusCode.NotOpened);
        }

        if (Conflict(owners, Session, Owner, new LockRange(Start, End, Type == PosixLockType.Write)) is not null)
        {
            return Order == PosixLockCommand.Set ? LockReply.MustWait : StatusReply.Of(StatusCode.EAgain);
        }

        return owners.Sum(static o => o.Ranges.Length) >= InodePosixLocks.MaxRanges ? StatusReply.Of(StatusCode.OutOfMemory) : null;
    }

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (AnswerWithoutChange(state, context) is { } answer)
        {
            return answer;
        }

        var owners = (state.PosixLocks.Get(Inode)?.Owners ?? []).ToList();
        var place = owners.FindIndex(o => o.IsOf(Session, Owner));
        if (place < 0)
        {
            owners.Add(new OwnerLocks(Session, Owner, Pid, LockRanges.Apply([], Type, Start, End)));
        }
        else
        {
            // Also a lock that becomes a weaker one lets others go on.
            state.ReleasedLocks.Add(Inode);
            var ranges = LockRanges.Apply(owners[place].Ranges, Type, Start, End);
            if (ranges.Length == 0)
            {
                owners.RemoveAt(place);
            }
            else
            {
                owners[place] = owners[place] with { Ranges = ranges };
            }
        }

        state.SetPosixLocks(Inode, [.. owners]);
        return LockReply.Done;
    }

    /// <summary>The first lock of another owner that is in the way of a range.</summary>
    internal static (OwnerLocks Owner, LockRange Range)? Conflict(OwnerLocks[] owners, uint session, ulong owner, LockRange wanted)
    {
        foreach (var other in owners)
        {
            if (other.IsOf(session, owner))
            {
                continue;
            }

            foreach (var range in other.Ranges)
            {
                if (range.ConflictsWith(wanted))
                {
                    return (other, range);
                }
            }
        }

        return null;
    }
}

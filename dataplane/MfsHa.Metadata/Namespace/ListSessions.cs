using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// The sessions that this shard holds open files or remembered replies of, so that those which have ended can be released
/// (<see cref="ReleaseSession"/>) even if a late request of theirs arrived after that.
/// </summary>
/// <param name="After">Last session of the page before; 0 at the beginning.</param>
/// <param name="Limit">Most sessions of the page, 1..<see cref="MaxPage"/>; a page that is not full is the last.</param>
[MemoryPackable]
public sealed partial record ListSessions(uint After, int Limit) : Query
{
    /// <summary>Most sessions of a page.</summary>
    public const int MaxPage = 65_536;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var sessions = new List<uint>();
        var last = After;
        while (sessions.Count < Math.Clamp(Limit, 1, MaxPage) && NextAfter(state, last) is { } next)
        {
            sessions.Add(next);
            last = next;
        }

        return new SessionsReply([.. sessions]);
    }

    private static uint? NextAfter(NamespaceState state, uint session)
    {
        if (session == uint.MaxValue)
        {
            return null;
        }

        uint? next = null;
        foreach (var ((found, _), _) in state.OpenBySession.Range((session + 1, 0), default, toEnd: true))
        {
            next = found;
            break;
        }

        foreach (var ((found, _), _) in state.Replies.Range((session + 1, 0), default, toEnd: true))
        {
            return next is { } other && other < found ? other : found;
        }

        return next;
    }
}

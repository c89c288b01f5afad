using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>One session; <see cref="StatusCode.NotFound"/> if there is none.</summary>
[MemoryPackable]
public sealed partial record GetSession(uint Session) : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) =>
        state.Sessions.Get(Session) is { } session ? new SessionReply(session) : new SystemStatus(StatusCode.NotFound);
}

/// <summary>A page of sessions; the last one was read when fewer than <see cref="SystemQuery.MaxPage"/> come.</summary>
/// <param name="After">Id of the last session of the page before, 0 to begin.</param>
[MemoryPackable]
public sealed partial record ListSessions(uint After) : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context) => new SessionsReply(
        After >= SessionRecord.MaxId ? [] : [.. state.Sessions.Range(After + 1, 0, toEnd: true).Take(MaxPage).Select(static r => r.Value)]);
}

/// <summary>Sessions that may be removed or are being removed, at most <see cref="SystemQuery.MaxPage"/>.</summary>
/// <param name="SustainSeconds">SESSION_SUSTAIN_TIME, seconds.</param>
[MemoryPackable]
public sealed partial record ListDueSessions(uint SustainSeconds) : SystemQuery
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        var (sustain, now) = (SustainSeconds, context.Now);
        return new SessionIdsReply([.. state.Sessions.All().Select(static r => r.Value).Where(s => s.IsDue(sustain, now)).Take(MaxPage).Select(static s => s.Id)]);
    }
}

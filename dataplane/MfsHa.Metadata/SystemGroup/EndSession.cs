using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// First step of a session's end: from now on nobody can use it. Then every shard releases its open files and locks, then <see cref="RemoveSession"/>.
/// <see cref="StatusCode.NotFound"/> for an unknown session, <see cref="StatusCode.Active"/> while it is connected or not due.
/// </summary>
/// <param name="Session">The session.</param>
/// <param name="SustainSeconds">SESSION_SUSTAIN_TIME.</param>
/// <param name="Forced">An administrator wants it: being disconnected is enough (SESSION_COMMAND).</param>
[MemoryPackable]
public sealed partial record EndSession(uint Session, uint SustainSeconds, bool Forced) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.Sessions.Get(Session) is not { } session)
        {
            return new SystemStatus(StatusCode.NotFound);
        }

        if (session.Ending)
        {
            return SystemStatus.Ok;
        }

        if (session.IsConnected || !(Forced || session.IsDue(SustainSeconds, context.Now)))
        {
            return new SystemStatus(StatusCode.Active);
        }

        state.Sessions.Set(Session, session with { Ending = true });
        return SystemStatus.Ok;
    }
}

/// <summary>
/// Last step of a session's end, after every shard has released what it held. An unknown session is a success,
/// one that was not ended before is <see cref="StatusCode.Active"/>.
/// </summary>
[MemoryPackable]
public sealed partial record RemoveSession(uint Session) : SystemCommand
{
    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        if (state.Sessions.Get(Session) is not { } session)
        {
            return SystemStatus.Ok;
        }

        if (!session.Ending)
        {
            return new SystemStatus(StatusCode.Active);
        }

        state.Sessions.Remove(Session);
        return SystemStatus.Ok;
    }
}

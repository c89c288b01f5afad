namespace MfsHa.Storage.RaftLog;

/// <summary>What the store holds of one group when it is opened.</summary>
/// <param name="HardState">Term and vote.</param>
/// <param name="Mark">Where the log begins.</param>
/// <param name="LastIndex">The last entry, or the mark's index when there is none.</param>
/// <param name="Configuration">The members.</param>
/// <param name="Install">A replacement of the state by a peer's that was begun and whose end was not noted.</param>
public sealed record RaftGroupRecord(RaftHardState HardState, RaftLogMark Mark, long LastIndex, RaftConfiguration Configuration, RaftLogMark? Install)
{
    /// <summary>A group of which nothing is stored.</summary>
    public static readonly RaftGroupRecord Empty = new(default, default, 0, RaftConfiguration.None, null);
}

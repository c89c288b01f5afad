namespace MfsHa.Storage.RaftLog;

/// <summary>The last entry that is no longer in the log, because the state holds its effect.</summary>
/// <param name="Index">Its index; 0 when the log begins with entry 1.</param>
/// <param name="Term">Its term.</param>
/// <param name="UnixMilliseconds">Time of the last entry with commands at or before <paramref name="Index"/>; 0 when there was none.</param>
public readonly record struct RaftLogMark(long Index, long Term, long UnixMilliseconds);

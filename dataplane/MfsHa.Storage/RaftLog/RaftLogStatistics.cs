namespace MfsHa.Storage.RaftLog;

/// <summary>Figures of the log store since it was opened.</summary>
/// <param name="Syncs">Batches synced.</param>
/// <param name="Records">Records in them.</param>
/// <param name="Bytes">Bytes in them.</param>
/// <param name="LastSync">Duration of the last sync.</param>
public readonly record struct RaftLogStatistics(long Syncs, long Records, long Bytes, TimeSpan LastSync);

namespace MfsHa.Storage.RaftLog;

/// <summary>The disk is too slow for what is appended: the record was not taken. To be tried again later.</summary>
public sealed class RaftLogBusyException(long pendingBytes) : IOException($"the log store has {pendingBytes} bytes waiting for the disk");

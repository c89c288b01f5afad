namespace MfsHa.Storage.RaftLog;

/// <summary>What a log entry holds. Stored: values never change.</summary>
public enum RaftEntryKind : byte
{
    /// <summary>Nothing: the first entry of a new leader, or a barrier.</summary>
    Empty = 0,

    /// <summary>Commands of the state machine.</summary>
    Commands = 1,

    /// <summary>The members of the group.</summary>
    Configuration = 2,
}

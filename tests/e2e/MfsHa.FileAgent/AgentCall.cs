namespace MfsHa.FileAgent;

/// <summary>What an agent can be asked for.</summary>
public enum AgentCall
{
    Create,
    MakeDirectory,
    RemoveDirectory,
    Unlink,
    Rename,
    Link,
    Write,
    Append,
    Truncate,
    Read,
    Stat,
    List,

    /// <summary>Opens for reading and writing; the file stays open under a number.</summary>
    Open,
    WriteOpen,
    ReadOpen,
    CloseOpen,

    /// <summary>flock(2) of an open file, exclusive, without waiting.</summary>
    LockOpen,

    /// <summary>fcntl(2): an exclusive lock on a range of an open file, without waiting; <see cref="AgentRequest.Number"/> is its beginning, <see cref="AgentRequest.Length"/> its length.</summary>
    LockRange,
    UnlockRange,
}

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
}

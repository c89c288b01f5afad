namespace MfsHa.Testbed.Native;

/// <summary>Flags of open(2) that have the same value on x86-64 and ARM64.</summary>
[Flags]
public enum OpenFlags
{
    Read = 0,
    Write = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,
    Truncate = 0x200,
    Append = 0x400,

    /// <summary>Without it, opening a fifo waits for the other end.</summary>
    NonBlocking = 0x800,
    CloseOnExec = 0x80000,
}
